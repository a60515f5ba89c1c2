"""What both protocols are told of a provider, and what they tell of who signed in."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID


class Found(NamedTuple):
    """A provider as the database tells of it before it is known who acts."""

    id: UUID
    org: UUID
    protocol: str
    issuer: str
    client_id: str
    secret: bytes
    address: str
    certificates: str


class Said(NamedTuple):
    """Whom a provider has signed in: its `subject` for good, and the `address` it vouches for, or
    none; `is_strong` where it asked for a second factor."""

    subject: str
    address: str
    name: str
    is_strong: bool


class Here(NamedTuple):
    """Where a house's SAML provider finds us: the address its answers are brought to, and our
    entity id, which is where our metadata is read."""

    answers: str
    entity: str
