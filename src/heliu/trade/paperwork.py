"""The documents of a deal. For steps of a story, which already act for all its parties."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.capital.lending.models import Loan
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Order, OrderStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused
from heliu.logistics.pledges.models import Pledge
from heliu.trade.models import Deal, Lodging, LodgingStatus
from heliu.trade.steps import parties


def order_of(deal: Deal) -> Order:
    """The deal's order."""
    return Order.objects.get(pk=deal.order_id)


def number_of(deal: Deal) -> str:
    """What people call a deal by: its order's number; a loan against stock goes by its own."""
    return deal.number if deal.is_stock else order_of(deal).number


def keeper_of(deal: Deal) -> UUID:
    """Who keeps the goods that secure the deal's loan."""
    if deal.custodian is None:
        raise ValueError(f"{deal} has no keeper")
    return deal.custodian


def has_all_goods(deal: Deal) -> bool:
    """Whether no more goods are to come: the order, if there is one, is received, and of what its
    dealer brings nothing is on the way."""
    if Lodging.objects.filter(deal=deal, status=LodgingStatus.SENT).exists():
        return False
    return deal.is_stock or order_of(deal).status == OrderStatus.RECEIVED


def complete_order(deal: Deal, *, at: datetime) -> None:
    """The deal's order is over; a loan against stock has none."""
    if not deal.is_stock:
        ordering.complete(order_of(deal), actor=Actor.system(), at=at, audience=parties(deal))


def loan_of(deal: Deal) -> Loan:
    """The deal's loan as it stands now; `Refused` when the order was not financed."""
    if deal.loan_id is None:
        raise Refused("not-financed", "Order %(number)s is not financed.", number=deal.number)
    return Loan.objects.select_related("programme", "facility").get(pk=deal.loan_id)


def pledge_of(deal: Deal) -> Pledge | None:
    """The deal's pledge, if it has one."""
    return Pledge.objects.get(pk=deal.pledge_id) if deal.pledge_id else None
