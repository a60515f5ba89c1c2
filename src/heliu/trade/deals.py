"""Reading deals."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, NotFound
from heliu.logistics.transport.models import Shipment
from heliu.trade.models import Deal, DealStep

SIDES = ("buyer", "seller", "lender", "custodian")


def visible_to(actor: Actor) -> QuerySet[Deal]:
    """The deals one of whose parties the actor acts for."""
    if actor.is_system:
        return Deal.objects.all()
    return Deal.objects.filter(
        Q(buyer__in=actor.orgs)
        | Q(seller__in=actor.orgs)
        | Q(lender__in=actor.orgs)
        | Q(custodian__in=actor.orgs)
    )


def newest(actor: Actor, wanted: Q, *, after: Deal | None = None, limit: int) -> list[Deal]:
    """The newest of the actor's deals that are `wanted`, from the one `after` on."""
    if after is not None:
        wanted &= Q(opened_at__lte=after.opened_at)
        wanted &= ~Q(opened_at=after.opened_at, pk__gte=after.pk)
    sides = [found.order_by("-opened_at", "-id")[:limit] for found in by_side(actor, wanted)]
    found = sides[0].union(*sides[1:]).order_by("-opened_at", "-id")
    return list(found[:limit])


def count_up_to(actor: Actor, wanted: Q, most: int) -> int:
    """How many of the actor's deals are `wanted`: exact to `most`, and one more for "more"."""
    sides = [found.values("pk")[: most + 1] for found in by_side(actor, wanted)]
    return min(sides[0].union(*sides[1:]).count(), most + 1)


def by_side(actor: Actor, wanted: Q) -> list[QuerySet[Deal]]:
    """The wanted deals side by side, so that each list is read off one index."""
    return [Deal.objects.filter(wanted, **{f"{side}__in": actor.orgs}) for side in SIDES]


def get(actor: Actor, id_or_number: UUID | str) -> Deal:
    """One deal, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def of_order(actor: Actor, order_id: UUID) -> Deal:
    """The deal of an order, or `NotFound`."""
    found = visible_to(actor).filter(order_id=order_id).first()
    if found is None:
        raise NotFound()
    return found


def of_shipment(actor: Actor, shipment: Shipment) -> Deal:
    """The deal whose goods a shipment carries, whoever sent it, or `NotFound`."""
    if shipment.deal is None:  # sent before deals stood on shipments
        return of_order(actor, shipment.order_id)
    return get(actor, shipment.deal)


def numbers_of(actor: Actor, orders: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of the deals of these orders, by order."""
    found = visible_to(actor).filter(order_id__in=list(orders))
    return dict(found.values_list("order_id", "number"))


def of_lender(actor: Actor, id_or_number: UUID | str) -> Deal:
    """One deal, for somebody at its lender; `NotFound`, or `Forbidden` for its other parties."""
    found = get(actor, id_or_number)
    if found.lender not in actor.orgs:
        raise Forbidden("not-your-loan", "Only the lender may do this.")
    return found


def steps_of(deal: Deal, actor: Actor) -> QuerySet[DealStep]:
    """What was done in a deal, in order."""
    return DealStep.objects.filter(deal__in=visible_to(actor).filter(pk=deal.pk)).order_by("id")


def steps_of_order(order: UUID, actor: Actor) -> QuerySet[DealStep]:
    """What was done in the deal of an order, in order."""
    return DealStep.objects.filter(deal__in=visible_to(actor).filter(order_id=order)).order_by("id")


def link(deal: Deal) -> str:
    """Where a deal is read; the same address at every desk."""
    return address(deal.number)


def address(number: str) -> str:
    """Where the deal of this number is read."""
    return f"/deals/{number}"
