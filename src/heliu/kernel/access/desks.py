"""From a person or a secret to an `Actor`: the look-ups that come before the door is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from heliu.kernel.access.actor import ACTIVE, Actor
from heliu.kernel.access.models import ApiToken, User
from heliu.kernel.errors import Refused

DESKS = """select org, title, permissions, standing, guarded, all_of_it
             from access_seats_demanding(%s)"""
ACTORS = "select actors from access_actors(%s::bytea[], %s)"


@dataclass(frozen=True)
class Desk:
    """One organisation a person may sit down for."""

    org: UUID
    title: str
    permissions: frozenset[str]
    standing: str
    guarded: frozenset[str] = frozenset()
    """What the house gives only to whoever came with a second factor."""
    demands: bool = False
    """Whether it wants one of everybody."""


def desks_of(user_id: UUID) -> list[Desk]:
    """The desks a person may sit at, oldest membership first."""
    with connection.cursor() as cursor:
        cursor.execute(DESKS, [[user_id]])
        return [
            Desk(org, title, frozenset(may), at, frozenset(guarded), demands)
            for org, title, may, at, guarded, demands in cursor.fetchall()
        ]


def actor_at(user: User, desk: Desk, *, is_strong: bool = True) -> Actor | None:
    """The person acting for the desk's organisation and all below it; None if it is closed.

    Who came without a second factor (not `is_strong`) does not get what the house guards by one.
    """
    held = frozenset() if is_strong else desk.guarded & desk.permissions
    with connection.cursor() as cursor:
        cursor.execute("select id, roles from parties_tree(%s)", [desk.org])
        tree = cursor.fetchall()
    if not tree:
        return None
    roles = {role for org, own in tree if org == desk.org for role in own}
    return Actor(
        user_id=user.pk,
        name=str(user),
        org=desk.org,
        orgs=tuple(org for org, _ in tree),
        permissions=desk.permissions - held,
        party_roles=frozenset(roles),
        standing=desk.standing,
        held_back=held,
        must_prove=desk.demands and not is_strong,
    )


def actor_for_token(secret: str, *, at: datetime) -> Actor:
    """Whoever a bearer token stands for. Raises 401 `Refused` for unknown and expired ones."""
    digest = digest_of(secret)
    with connection.cursor() as cursor:
        cursor.execute(ACTORS, [[digest], at])
        (told,) = cursor.fetchone()
    return actors_of(told).actor(digest)


def digest_of(secret: str) -> bytes:
    """What is kept of a token, by which it is found."""
    return ApiToken.digest_of(secret)


class Holder(msgspec.Struct):
    """What is known of a token and of whoever holds it."""

    digest: bytes
    is_expired: bool
    user_id: UUID | None
    name: str | None
    org: UUID
    permissions: frozenset[str] | None
    tree: tuple[UUID, ...] | None
    roles: frozenset[str]
    standing: str | None = None

    def actor(self) -> Actor:
        """Whoever holds it. Raises 401 `Refused`."""
        if self.is_expired:
            raise Refused("token-expired", "This token has expired or was revoked.", status=401)
        if self.user_id is None or self.tree is None:
            raise _unknown()
        return Actor(
            user_id=self.user_id,
            name=self.name or "",
            org=self.org,
            orgs=self.tree,
            permissions=self.permissions or frozenset(),
            party_roles=self.roles,
            standing=self.standing or ACTIVE,
        )


class Holders(dict[bytes, Holder]):
    """What `ACTORS` found, by the digest of the token."""

    def actor(self, digest: bytes) -> Actor:
        """Whoever holds this token. Raises 401 `Refused`."""
        found = self.get(digest)
        if found is None:
            raise _unknown()
        return found.actor()


def actors_of(told: str | None) -> Holders:
    """What `ACTORS` told; None when no token was known."""
    found = _holders.decode(told) if told else []
    return Holders((holder.digest, holder) for holder in found)


def _unknown() -> Refused:
    return Refused("token-unknown", "This token is not known.", status=401)


_holders = msgspec.json.Decoder(list[Holder])
