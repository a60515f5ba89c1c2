"""What the seller of a financed order has not shipped by its day it refunds, and nobody asks it to.

    call_on_duty   the close of day finds the orders whose day has gone by
    not_shipped    an order of which nothing left or was repaid is taken back whole; else what did
                   not leave is struck, and its price comes back as that of goods that are missing

The day stands on the deal since the seller was paid (`Programme.ship_days`). A deal with a payment
at the bank waits for the next close, because nobody knows yet where its money lies.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from heliu.capital.bank import queries as payments
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Order, OrderStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.notices import tell
from heliu.logistics.stock import operations as stock
from heliu.trade import deals, shortfall, side_exits, spending
from heliu.trade.models import Deal, Outcome, Step
from heliu.trade.names import reservation_of
from heliu.trade.paperwork import loan_of, order_of
from heliu.trade.steps import locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
TO_SHIP = (OrderStatus.CONFIRMED, OrderStatus.PART_SHIPPED)
WITH_SELLER = (LoanStatus.SELLER_PAID, LoanStatus.OVERDUE, LoanStatus.REPAID)
REASON = gettext_noop("not shipped in time")
KEY = "not-shipped"


def call_on_duty(*, at: datetime) -> int:
    """Call every seller whose day has gone by; returns how many. Safe to run again."""
    waiting = Deal.objects.filter(outcome=Outcome.OPEN, ship_by__lt=day_of(at))
    return sum(_call(deal, at=at) for deal in list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def _call(deal_id: UUID, *, at: datetime) -> bool:
    deal = locked(deal_id)
    if deal.ship_by is None or deal.outcome != Outcome.OPEN or payments.has_open(deal.id):
        return False
    order, loan = order_of(deal), loan_of(deal)
    is_due = order.status in TO_SHIP and loan.status in WITH_SELLER
    if is_due:
        not_shipped(deal, order, loan, at=at)
    if is_due or order.status not in TO_SHIP:
        deal.ship_by = None  # its day has done its work
        deal.save(update_fields=["ship_by"])
    return is_due


def not_shipped(deal: Deal, order: Order, loan: Loan, *, at: datetime) -> None:
    """The day has gone by: the seller owes the lender the price of what did not leave."""
    open_lines = {line.pk: line for line in order.lines.all() if line.to_ship}
    value = sum(line.to_ship * line.unit_price for line in open_lines.values())
    remember(deal, Step.NOT_SHIPPED, actor=SYSTEM, at=at, day=deal.ship_by, value=value)
    for org in (deal.buyer, deal.seller):
        tell(org, "not-shipped", {"number": order.number}, link=deals.link(deal), at=at)
    if order.status == OrderStatus.CONFIRMED and loan.principal_repaid <= loan.set_off:
        side_exits.stop(deal, actor=SYSTEM, reason=REASON, at=at)
    else:
        stock.void_reservations(
            [reservation_of(order.id, line.sku_id) for line in open_lines.values()], at=at
        )
        ordering.strike(
            order, quantities={pk: line.to_ship for pk, line in open_lines.items()},
            reason=REASON, actor=SYSTEM, at=at, audience=parties(deal), may_be_all=True,
        )  # fmt: skip
        spending.lost(order.id, value, key=KEY, at=at)
        lending.goods_not_shipped(loan, amount=value, key=KEY, at=at)
        shortfall.missing(deal, value, at=at)
        side_exits.ask_refund(deal, value, key=KEY, at=at)
    wake(deal.id)
