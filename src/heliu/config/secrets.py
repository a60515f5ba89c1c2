"""Secrets that this install made for itself, kept in its data folder for nobody else to read.

`secret_key` signs cookies; `heliu_owner`, `heliu_worker` and `heliu_web` are the passwords of the
three database roles when the database is not our own (`HELIU_DATABASE_URL`).
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

# Known to everybody, so only good where there is nothing to protect.
DEMO_KEY = "not-secret-for-demo-and-tests-only"


def read(data: Path) -> dict[str, str]:
    """The secrets of the install whose data folder this is; none before they are made."""
    try:
        kept = json.loads((data / "secrets.json").read_text())
    except FileNotFoundError:
        return {}
    return {str(name): str(value) for name, value in kept.items()}


def ensure(data: Path, *names: str) -> dict[str, str]:
    """Make the secrets that are missing; returns all."""
    kept = read(data)
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(32) for name in missing}
        data.mkdir(parents=True, exist_ok=True)
        path = data / "secrets.json"
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w") as file:
            json.dump(kept, file, indent=1)
        fresh.replace(path)
    return kept
