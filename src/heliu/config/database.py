"""How a process finds the database: our own beside the data, or one named by its address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from heliu.config import secrets
from heliu.config.postgres import socket_folder

ROLES = ("owner", "worker", "web")
POOL = {"min_size": 1, "timeout": 10}
POOL_SIZE = 8  # or one for each thread, and two for health and metrics


class BadAddress(ValueError):
    """`HELIU_DATABASE_URL` cannot be understood; the message says why."""


def settings_for(role: str, environ: Mapping[str, str], data: Path) -> dict[str, Any]:
    """Django's entry for the database, for a process in this role (web, worker or owner).

    With `HELIU_DATABASE_URL` (an administrator's address, used by `heliu init` alone) the roles'
    passwords are those that `heliu init` made. Our own cluster needs none: only who may enter the
    data folder reaches its socket.
    """
    if role not in ROLES:
        raise BadAddress(f"HELIU_ROLE is {role!r}; it is one of {', '.join(ROLES)}.")
    threads = int(environ.get("HELIU_THREADS", "4"))
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "USER": f"heliu_{role}",
        "OPTIONS": {"pool": {**POOL, "max_size": max(POOL_SIZE, threads + 2)}},
    }
    address = environ.get("HELIU_DATABASE_URL", "")
    if not address:
        return entry | {
            "NAME": environ.get("HELIU_DATABASE", "heliu"),
            "HOST": environ.get("HELIU_PG_HOST") or str(socket_folder(data / "pg")),
        }
    parts = split_address(address)
    entry["OPTIONS"] |= parts["OPTIONS"]
    return (
        entry
        | {name: parts[name] for name in ("HOST", "PORT", "NAME")}
        | {
            "PASSWORD": environ.get(
                "HELIU_DATABASE_PASSWORD", secrets.read(data).get(entry["USER"], "")
            )
        }
    )


def split_address(address: str) -> dict[str, Any]:
    """The parts of `postgresql://user:password@host:port/name?sslmode=…`, in Django's names."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        # What Python says of it may hold a part of the password.
        raise BadAddress(
            "HELIU_DATABASE_URL cannot be read: its port is no number. In a password / ? # @ : %"
            " are written as %2F %3F %23 %40 %3A %25."
        ) from None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise BadAddress(
            "HELIU_DATABASE_URL must look like postgresql://user:password@host:5432/name."
        )
    return {
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
