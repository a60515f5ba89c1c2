"""The documents of a deal. For steps of a story, which already act for all its parties."""

from __future__ import annotations

from heliu.capital.lending.models import Loan
from heliu.commerce.ordering.models import Order
from heliu.kernel.errors import Refused
from heliu.logistics.pledges.models import Pledge
from heliu.trade.models import Deal


def order_of(deal: Deal) -> Order:
    """The deal's order."""
    return Order.objects.get(pk=deal.order_id)


def loan_of(deal: Deal) -> Loan:
    """The deal's loan as it stands now; `Refused` when the order was not financed."""
    if deal.loan_id is None:
        raise Refused("not-financed", "Order %(number)s is not financed.", number=deal.number)
    return Loan.objects.select_related("programme", "facility").get(pk=deal.loan_id)


def pledge_of(deal: Deal) -> Pledge | None:
    """The deal's pledge, if it has one."""
    return Pledge.objects.get(pk=deal.pledge_id) if deal.pledge_id else None
