"""Where mail goes, from one address: `smtp://user:password@host:587` (TLS as soon as it is spoken
to), `smtps://…:465` (TLS from the start), `smtp+plain://host:25` (none), `console:`; without one
into files, so that nothing leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

FILES = "heliu.config.mail_files.Files"
BACKENDS = "django.core.mail.backends"
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
SECONDS = 10


def mailer(address: str, data: Path) -> dict[str, Any]:
    """The entry of Django's MAILERS. Raises `ValueError` for an address of another form."""
    if not address:
        return {
            "BACKEND": FILES,
            "OPTIONS": {"file_path": str(data)},
        }
    parts = urlsplit(address)
    if parts.scheme == "console":
        return {"BACKEND": f"{BACKENDS}.console.EmailBackend"}
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("HELIU_MAIL begins with smtp://, smtps://, smtp+plain:// or is console:")
    return {
        "BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or PORTS[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp",
            "use_ssl": parts.scheme == "smtps",
            "timeout": SECONDS,
        },
    }
