"""Codes of an authenticator app (RFC 6238: HMAC-SHA-1, six digits, thirty seconds). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

STEP = 30  # seconds
DIGITS = 6
DRIFT = 1  # steps that a clock may be wrong, to either side


def code_at(secret: bytes, step: int) -> str:
    """The code of one step (RFC 4226, 5.3)."""
    told = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = told[-1] & 15
    number = int.from_bytes(told[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(at: datetime) -> int:
    """The step a moment is in."""
    return int(at.timestamp()) // STEP


def met(secret: bytes, typed: str, *, at: datetime, after: int) -> int | None:
    """The step whose code was typed, if it is one of now and later than `after`."""
    digits = "".join(typed.split())
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    now = step_of(at)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step), digits):
            return step
    return None


def typed_form(secret: bytes) -> str:
    """The secret as people type it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """What the square to be scanned says."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?secret={typed_form(secret)}&issuer={quote(issuer)}"
