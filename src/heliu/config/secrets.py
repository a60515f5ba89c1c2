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
FILE = "secrets.json"


class Exposed(ValueError):
    """Others may read the secrets; the message says what helps."""


def read(data: Path) -> dict[str, str]:
    """The secrets of the install whose data folder this is; none before they are made.

    Raises `Exposed` for a file that anybody but its owner may read or write.
    """
    path = data / FILE
    try:
        mode = path.stat().st_mode & 0o777
        kept = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    if mode & 0o077:
        raise Exposed(f"{path} may be used by others (mode {mode:o}): chmod 600 {path}")
    return {str(name): str(value) for name, value in kept.items()}


def ensure(data: Path, *names: str) -> dict[str, str]:
    """Make the secrets that are missing; returns all."""
    kept = read(data)
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(48) for name in missing}
        data.mkdir(parents=True, exist_ok=True)
        path = data / FILE
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w") as file:
            json.dump(kept, file, indent=1)
        fresh.replace(path)
    return kept
