"""Giving people a desk, and programs a secret."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import ApiToken, Membership, MembershipRole, Role, User
from heliu.kernel.access.roles import TEMPLATES
from heliu.kernel.errors import Refused


def enrol(
    *,
    actor: Actor,
    email: str,
    name: str,
    org: UUID,
    role: str,
    password: str | None = None,
    language: str = "zh-hans",
    is_demo: bool = False,
) -> User:
    """Give a person a log-in and a desk at an organisation with the permissions of a role template.

    Without a password nobody can sign in as this person until one is set. Only the operator (or the
    system) may. Raises `Refused` (email-taken) when the address has a log-in already.
    """
    actor.require("operate")
    username = email.strip().lower()
    if User.objects.filter(username=username).exists():
        raise Refused(
            "email-taken", "%(email)s has a log-in already.", field="email", email=username
        )
    user = User(username=username, email=username, name=name, language=language, is_demo=is_demo)
    user.set_password(password)
    user.save()
    membership = Membership.objects.create(user=user, org=org, title=TEMPLATES[role][0])
    MembershipRole.objects.create(membership=membership, role=template(role), org=org)
    return user


def template(code: str) -> Role:
    """The role that every organisation may give: a row made from `TEMPLATES` when first needed."""
    name, name_zh, permissions = TEMPLATES[code]
    role, _ = Role.objects.get_or_create(
        org=None,
        code=code,
        defaults={"name": name, "name_zh": name_zh, "permissions": list(permissions)},
    )
    return role


def issue_token(*, actor: Actor, user: User, org: UUID, label: str, at: datetime) -> str:
    """A secret with which a program acts as this person for the organisation; shown this once."""
    if actor.user_id != user.pk:
        actor.require("operate")
    secret = ApiToken.fresh_secret()
    ApiToken.objects.create(
        digest=ApiToken.digest_of(secret), user=user, org=org, label=label, created_at=at
    )
    return secret
