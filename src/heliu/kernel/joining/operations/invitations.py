"""A seller invites dealers, and says how it takes those who come by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing

from heliu.kernel.access.actor import Actor
from heliu.kernel.dispatch.posts import post
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.joining.models import Invitation, Welcome
from heliu.kernel.joining.operations.signing_up import INVITE, an_address
from heliu.kernel.parties.models import Organization

LIFE = timedelta(days=30)
MOST_A_DAY = 200


def invite(*, actor: Actor, email: str, name: str, language: str, at: datetime) -> Invitation:
    """Ask somebody by mail to join as a dealer of the actor's house; it holds for thirty days.

    Raises `Refused` (invited-already, invitations-enough), `Invalid` for what is no address.
    """
    _require_seller(actor)
    address = an_address(email)
    mine = Invitation.objects.filter(org=actor.own_org)
    mine.filter(email=address, taken_at=None, withdrawn_at=None, expires_at__lte=at).update(
        withdrawn_at=at
    )
    if mine.filter(email=address, taken_at=None, withdrawn_at=None).exists():
        raise Refused("invited-already", "This address is invited already.", field="email")
    if mine.filter(made_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused("invitations-enough", "That is enough for one day.", status=429)
    made = Invitation.objects.create(
        org=actor.own_org,
        email=address,
        name=" ".join(name.split())[:120],
        made_by_name=actor.name,
        made_at=at,
        expires_at=at + LIFE,
    )
    house = Organization.objects.get(pk=actor.own_org)
    post(
        "invited",
        org=actor.own_org,
        address=address,
        params={
            "seller": house.short_in(chinese=language.startswith("zh")), "person": actor.name,
        },
        path=f"/join/invited/{signing.dumps(str(made.pk), salt=INVITE)}",
        language=language,
        at=at,
    )  # fmt: skip
    return made


def withdraw(invitation: UUID, *, actor: Actor, at: datetime) -> Invitation:
    """An invitation holds no more. Again, it changes nothing; one that was taken stays taken."""
    _require_seller(actor)
    mine = Invitation.objects.select_for_update().filter(org=actor.own_org)
    found = mine.filter(pk=invitation).first()
    if found is None:
        raise NotFound()
    if found.taken_at is not None:
        raise Refused("invitation-taken", "It was taken already.")
    if found.withdrawn_at is None:
        found.withdrawn_at = at
        found.save(update_fields=["withdrawn_at"])
    return found


def welcome(
    *,
    actor: Actor,
    is_open: bool,
    price_list: UUID | None,
    warehouse: UUID | None,
    at: datetime,
    is_listed: bool = False,
) -> Welcome:
    """Say whether newcomers may order at once, with which prices, and where financed goods go; and
    whether dealers that look for a seller are shown this one.

    Whose list and which warehouse it is, `trade.joining` looks before.
    """
    _require_seller(actor)
    kept, _ = Welcome.objects.update_or_create(
        pk=actor.own_org,
        defaults={
            "is_open": is_open, "is_listed": is_listed, "price_list": price_list,
            "warehouse": warehouse, "set_by_name": actor.name, "set_at": at,
        },
    )  # fmt: skip
    return kept


def _require_seller(actor: Actor) -> None:
    if "SELLER" not in actor.party_roles:
        raise Forbidden("not-a-seller", "Only a seller does this.")
    actor.require("sell")
