"""Secrets that must be read again, kept so that a stolen table opens nothing."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def sealed(secret: bytes) -> bytes:
    """The secret under the install's key."""
    return _box().encrypt(secret)


def unsealed(kept: bytes) -> bytes | None:
    """The secret again; None when the install's key was changed since."""
    try:
        return _box().decrypt(kept)
    except InvalidToken:
        return None


def _box() -> Fernet:
    key = hashlib.sha256(b"heliu.sealing" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
