"""A house's own roles, within what the operator lets houses of its kind give.

The database holds the limits (`sql/access_roles.sql`): a role of a house has no permission beyond
them, and nobody holds together what must be in two hands. Here stand the kind words for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.may import words_of
from heliu.kernel.access.models import Apart, Grantable, Membership, MembershipRole, Role
from heliu.kernel.errors import Invalid, NotFound, Refused

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
MOST_ROLES = 50
ALONE = frozenset({"operate"})  # of whoever runs the platform, never in a role of another house


def may_give(actor: Actor) -> list[str]:
    """The permissions the actor's house may put into its roles, in order of letters."""
    with connection.cursor() as cursor:
        cursor.execute("select access_may_give(%s)", [actor.own_org])
        (found,) = cursor.fetchone()
    return list(found)


def apart() -> list[tuple[str, str]]:
    """The pairs that must be in two hands."""
    return list(Apart.objects.order_by("first", "second").values_list("first", "second"))


def roles(actor: Actor) -> QuerySet[Role]:
    """The roles the house may give: its own, and those that come with the platform and hold nothing
    beyond its limits."""
    mine = Q(org=actor.own_org)
    given = Q(org=None, permissions__contained_by=may_give(actor)) & ~Q(permissions=[])
    return Role.objects.filter(mine | given).order_by("org", "code")


def by_need(found: Iterable[Role]) -> list[Role]:
    """The roles that allow least first; those that manage the house last."""
    return sorted(
        found, key=lambda one: ("manage" in one.permissions, len(one.permissions), one.code)
    )


def save_role(
    *, actor: Actor, code: str, name: str, permissions: Iterable[str], name_zh: str = ""
) -> Role:
    """Make a role of the house or change it; whoever holds it may do so from the next request on.

    Raises `Invalid` (role-unnamed), `Refused` (beyond-limits, two-hands, roles-enough,
    last-manager).
    """
    actor.require("manage")
    code, name = code.strip().lower(), " ".join(name.split())
    wanted = sorted(set(permissions))
    if not CODE.fullmatch(code) or not 1 <= len(name) <= 80 or not wanted:
        raise Invalid(
            "role-unnamed",
            "A role needs a code of small letters and figures, a name, and something it allows.",
            field="code",
        )
    mine = Role.objects.filter(org=actor.own_org)
    if not mine.filter(code=code).exists() and mine.count() >= MOST_ROLES:
        raise Refused("roles-enough", "A house has at most %(most)s roles.", most=str(MOST_ROLES))
    said = {"name": name, "name_zh": name_zh.strip()[:80], "permissions": wanted}
    with _held_by_the_database():
        made, _ = Role.objects.update_or_create(org=actor.own_org, code=code, defaults=said)
    _somebody_manages(actor)
    return made


def drop_role(code: str, *, actor: Actor) -> None:
    """Take a role of the house away. Raises `Refused` (role-held) while somebody has it."""
    actor.require("manage")
    found = Role.objects.filter(org=actor.own_org, code=code).first()
    if found is None:
        raise NotFound()
    if MembershipRole.objects.filter(role=found, membership__is_active=True).exists():
        raise Refused("role-held", "Somebody has this role.", help="Give them another one first.")
    MembershipRole.objects.filter(role=found).delete()
    found.delete()


def give_roles(membership: UUID, codes: Sequence[str], *, actor: Actor) -> Membership:
    """Somebody of the house has these roles and no others from the next request on.

    Raises `Invalid` (roles-missing), `NotFound`, `Refused` (two-hands, last-manager).
    """
    actor.require("manage")
    found = (
        Membership.objects.select_for_update()
        .filter(pk=membership, org=actor.own_org, is_active=True)
        .first()
    )
    if found is None:
        raise NotFound()
    wanted = by_codes(actor, codes)
    if not wanted:
        raise Invalid("roles-missing", "Choose at least one role.", field="roles")
    with _held_by_the_database():
        MembershipRole.objects.filter(membership=found).delete()
        for role in wanted:
            MembershipRole.objects.create(membership=found, role=role, org=found.org)
    found.title = wanted[0].name
    found.save(update_fields=["title"])
    _somebody_manages(actor)
    return found


def by_codes(actor: Actor, codes: Sequence[str]) -> list[Role]:
    """The roles of these codes, the house's own before one that comes with the platform. Raises
    `Invalid` (role-unknown)."""
    offered = {role.code: role for role in roles(actor).order_by("-org")}
    offered |= {role.code: role for role in roles(actor) if role.org is not None}
    unknown = next((code for code in codes if code not in offered), None)
    if unknown is not None:
        raise Invalid(
            "role-unknown", "Your house has no such role: %(role)s.", field="role", role=unknown
        )
    return [offered[code] for code in dict.fromkeys(codes)]


def set_limits(
    party_role: str, permissions: Iterable[str], *, actor: Actor, tier: str = ""
) -> None:
    """The operator says what houses of a kind (and tier) may give. Roles that hold more keep it
    until they are written again."""
    actor.require("operate")
    wanted = set(permissions) - ALONE
    there = Grantable.objects.filter(party_role=party_role, tier=tier)
    there.exclude(permission__in=wanted).delete()
    Grantable.objects.bulk_create(
        [Grantable(party_role=party_role, permission=one, tier=tier) for one in sorted(wanted)],
        ignore_conflicts=True,
    )


def limits(actor: Actor) -> dict[tuple[str, str], list[str]]:
    """What houses may give, by kind and tier; everybody may know it."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in Grantable.objects.order_by("party_role", "tier", "permission"):
        found.setdefault((one.party_role, one.tier), []).append(one.permission)
    return found


def set_apart(first: str, second: str, *, actor: Actor, on: bool = True) -> None:
    """The operator says that two permissions must be in two hands, or need not be any more."""
    actor.require("operate")
    first, second = sorted((first, second))
    if first == second:
        raise Invalid("pair-of-one", "Choose two permissions.", field="second")
    if on:
        Apart.objects.get_or_create(first=first, second=second)
    else:
        Apart.objects.filter(first=first, second=second).delete()


def _somebody_manages(actor: Actor) -> None:
    left = Membership.objects.filter(
        org=actor.own_org, is_active=True, roles__permissions__contains=["manage"]
    )
    if not left.exists():
        raise Refused(
            "last-manager",
            "Nobody would manage your house any more.",
            help="Give somebody else a role that may first.",
        )


@contextmanager
def _held_by_the_database() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        said = getattr(error.__cause__, "diag", None)
        if said is None or said.sqlstate not in ("HL403", "HL409"):
            raise
        detail = str(said.message_detail or "")
        if said.sqlstate == "HL403":
            raise Refused(
                "beyond-limits",
                "Your house may not give this: %(what)s.",
                field="permissions",
                help="What houses like yours may give is set by the operator.",
                what=" · ".join(map(str, map(words_of, detail.split(", ")))),
            ) from error
        first, _, second = detail.partition("+")
        raise Refused(
            "two-hands",
            "%(first)s and %(second)s must be in two hands.",
            field="permissions",
            help="Give them to two persons, in two roles.",
            first=words_of(first),
            second=words_of(second),
        ) from error
