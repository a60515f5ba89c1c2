"""Messages to a person's devices by their push services: sealed (RFC 8291), signed (RFC 8292).

Written on `cryptography` alone: the kept-up library for it (pywebpush, MPL-2.0) brings a second
HTTP client and its own keys, and this is sixty lines. The install's signing key follows from the
secret that it made for itself at its first start (`HELIU_SECRET_KEY`), so nothing else is kept;
with another secret, devices ask again. Where a push service stands is said by a client: such an
address is looked at and connected to as those of webhooks are.
"""

from __future__ import annotations

import asyncio
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from httpcore import AsyncConnectionPool

from heliu.kernel.webhooks import sending

CURVE = ec.SECP256R1()
ORDER = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
RECORD = 4096  # octets; one record, and push services take no more
KEPT = timedelta(days=1)
"""How long a push service keeps a message for a device that is away."""
GONE = frozenset({404, 410})
"""The device takes no more: its subscription has ended."""


class Target(NamedTuple):
    """A device: where its push service stands, its public key, and the secret both know."""

    id: UUID
    endpoint: str
    public: str
    secret: str


@dataclass(frozen=True)
class Tried:
    """What came of one try at one device."""

    id: UUID
    code: int | None
    problem: str

    @property
    def is_gone(self) -> bool:
        """Whether its subscription has ended."""
        return self.code in GONE


def public_key() -> str:
    """The key by which devices know messages of this install; told to everybody."""
    return text_of(_point(_signing_key().public_key()))


def send(targets: Sequence[Target], message: dict[str, str], *, at: datetime) -> list[Tried]:
    """Send one message to some devices, at once; answers whatever happens. In a thread of its own,
    for whoever calls may be in a loop."""
    body = json.dumps(message, ensure_ascii=False).encode()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _send(targets, body, at)).result()


def encrypt(body: bytes, *, public: bytes, secret: bytes) -> bytes:
    """A message that only the device with this public key and secret can read (RFC 8291)."""
    return sealed(body, public, secret, os.urandom(16), ec.generate_private_key(CURVE))


def sealed(
    body: bytes, public: bytes, secret: bytes, salt: bytes, once: ec.EllipticCurvePrivateKey
) -> bytes:
    """The same with a salt and a key that are used once: one record in `aes128gcm` (RFC 8188)."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    mine = _point(once.public_key())
    shared = once.exchange(ec.ECDH(), theirs)
    key = _hkdf(32, secret, b"WebPush: info\0" + public + mine, shared)
    content = AESGCM(_hkdf(16, salt, b"Content-Encoding: aes128gcm\0", key))
    nonce = _hkdf(12, salt, b"Content-Encoding: nonce\0", key)
    head = salt + RECORD.to_bytes(4) + bytes([len(mine)]) + mine
    return head + content.encrypt(nonce, body + b"\x02", None)


def vapid(endpoint: str, *, at: datetime) -> str:
    """Who sends it, signed for this push service alone, for half a day (RFC 8292)."""
    parts = urlsplit(endpoint)
    said = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + timedelta(hours=12)).timestamp()),
        "sub": settings.HELIU_ADDRESS,
    }
    head = {"typ": "JWT", "alg": "ES256"}
    signed = ".".join(text_of(json.dumps(part).encode()) for part in (head, said))
    found = _signing_key().sign(signed.encode(), ec.ECDSA(SHA256()))
    raw = b"".join(number.to_bytes(32) for number in decode_dss_signature(found))
    return f"vapid t={signed}.{text_of(raw)}, k={public_key()}"


def bytes_of(text: str) -> bytes:
    """What was written in base64url, with padding or without. Raises `ValueError`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(raw: bytes) -> str:
    """Bytes in base64url, without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


async def _send(targets: Sequence[Target], body: bytes, at: datetime) -> list[Tried]:
    async with sending.connections() as pool:
        return list(await asyncio.gather(*(_send_one(pool, one, body, at) for one in targets)))


async def _send_one(pool: AsyncConnectionPool, to: Target, body: bytes, at: datetime) -> Tried:
    sealed_body = encrypt(body, public=bytes_of(to.public), secret=bytes_of(to.secret))
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "Content-Length": str(len(sealed_body)),
        "TTL": str(int(KEPT.total_seconds())),
        "Urgency": "normal",
        "Authorization": vapid(to.endpoint, at=at),
    }
    done = await sending.send(pool, to.endpoint, headers, sealed_body)
    return Tried(to.id, done.code, done.problem)


@cache
def _derived(secret: str) -> ec.EllipticCurvePrivateKey:
    wide = _hkdf(48, b"", b"heliu: key of web push", secret.encode())
    return ec.derive_private_key(int.from_bytes(wide) % (ORDER - 1) + 1, CURVE)


def _signing_key() -> ec.EllipticCurvePrivateKey:
    return _derived(settings.SECRET_KEY)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(length: int, salt: bytes, info: bytes, key: bytes) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(key)
