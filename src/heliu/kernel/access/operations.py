"""Giving people a desk, and programs a secret."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import ApiToken, Membership, MembershipRole, Role, User
from heliu.kernel.access.queries import tokens_of
from heliu.kernel.access.roles import TEMPLATES
from heliu.kernel.errors import Invalid, NotFound, Refused

LABEL = 80  # letters of a token's label


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
    seat(actor=actor, user=user, org=org, role=role)
    return user


def seat(*, actor: Actor, user: User, org: UUID, role: str) -> Membership:
    """Give somebody who has a log-in a desk at an organisation, too; who had left comes back.

    `role` is the code of a role of the house or of a template. Only the operator (or the system)
    may. Raises `Refused` (seated-already).
    """
    actor.require("operate")
    found = Membership.objects.filter(user=user, org=org).first()
    if found is not None and found.is_active:
        raise Refused("seated-already", "This person works there already.", field="email")
    if found is None:
        found = Membership(user=user, org=org)
    given = Role.objects.filter(org=org, code=role).first() or template(role)
    found.title, found.is_active = given.name, True
    found.save()
    MembershipRole.objects.filter(membership=found).delete()
    MembershipRole.objects.create(membership=found, role=given, org=org)
    return found


def unseat(membership: UUID, *, actor: Actor) -> Membership:
    """Somebody works there no more: what they did stays, their tokens and desk are closed.

    Raises `Refused` (own-desk): so a house is never without somebody who manages it.
    """
    actor.require("manage")
    of_house = Membership.objects.select_for_update().filter(org=actor.own_org, is_active=True)
    everybody = {one.pk: one for one in of_house.order_by("id")}
    found = everybody.get(membership)
    if found is None:
        raise NotFound()
    if found.user_id == actor.user_id:
        raise Refused("own-desk", "Nobody takes their own desk away.")
    found.is_active = False
    found.save(update_fields=["is_active"])
    return found


def template(code: str) -> Role:
    """The role that every organisation may give: a row made from `TEMPLATES` when first needed."""
    if code not in TEMPLATES:  # a role of a house that was taken away since
        raise Refused("role-unknown", "There is no such role any more.", field="role")
    name, name_zh, permissions = TEMPLATES[code]
    role, _ = Role.objects.get_or_create(
        org=None,
        code=code,
        defaults={"name": name, "name_zh": name_zh, "permissions": list(permissions)},
    )
    return role


def issue_token(
    *,
    actor: Actor,
    user: User,
    org: UUID,
    label: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> str:
    """A secret with which a program acts as this person for the organisation; shown this once.

    `label` says to people which program it is. Everybody may for themselves, the operator for
    others. Without `expires_at` it holds until it is revoked, or the person leaves. Raises
    `Invalid` (label-missing).
    """
    if actor.user_id != user.pk:
        actor.require("operate")
    if not label.strip():
        raise Invalid("label-missing", "Say which program it is for.", field="label")
    secret = ApiToken.fresh_secret()
    ApiToken.objects.create(
        digest=ApiToken.digest_of(secret),
        user=user,
        org=org,
        label=label.strip()[:LABEL],
        created_at=at,
        expires_at=expires_at,
    )
    return secret


def revoke_token(token: UUID, *, actor: Actor, at: datetime) -> ApiToken:
    """A program is let in no longer, from now on; once revoked it stays so.

    Everybody may take back their own, whoever manages the house every one of it. Raises `NotFound`.
    """
    found = tokens_of(actor).select_for_update(of=("self",)).filter(pk=token).first()
    if found is None:
        raise NotFound()
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
    return found
