"""From a person or a secret to an `Actor`: the look-ups that come before the door is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import ApiToken, User
from heliu.kernel.errors import Refused


@dataclass(frozen=True)
class Desk:
    """One organisation a person may sit down for."""

    org: UUID
    title: str
    permissions: frozenset[str]


def desks_of(user_id: UUID) -> list[Desk]:
    """The desks a person may sit at, oldest membership first."""
    with connection.cursor() as cursor:
        cursor.execute("select org, title, permissions from access_desks(%s)", [user_id])
        return [Desk(org, title, frozenset(may)) for org, title, may in cursor.fetchall()]


def actor_at(user: User, desk: Desk) -> Actor | None:
    """The person acting for the desk's organisation and all below it; None if it is closed."""
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
        permissions=desk.permissions,
        party_roles=frozenset(roles),
    )


def actor_for_token(secret: str, *, at: datetime) -> Actor:
    """Whoever a bearer token stands for. Raises 401 `Refused` for unknown and expired ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select user_id, org, is_expired from access_token(%s, %s)",
            [ApiToken.digest_of(secret), at],
        )
        found = cursor.fetchone()
    if found is None:
        raise Refused("token-unknown", "This token is not known.", status=401)
    user_id, org, is_expired = found
    if is_expired:
        raise Refused("token-expired", "This token has expired or was revoked.", status=401)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    desk = next((d for d in desks_of(user_id) if d.org == org), None)
    actor = actor_at(user, desk) if user and desk else None
    if actor is None:
        raise Refused("token-unknown", "This token is not known.", status=401)
    return actor
