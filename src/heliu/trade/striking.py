"""What of an order will not be delivered is struck by its seller, with a reason.

    strike    lines or parts of them: goods, credit and budgets they held are free at once

On terms nothing of it was owed yet. By transfer, where the order was paid, the seller owes its
price back from then on (`open_account.settle` writes down that it paid). A financed order is not
struck in part: the lender has paid for the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Place
from heliu.capital.books.journals import orders as journals
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus, PayBy
from heliu.commerce.ordering.policies import by_goods
from heliu.commerce.pricing.operations import discounts
from heliu.commerce.spending.queries import bearers, charges
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import NewHold
from heliu.logistics.stock.ends import Promise
from heliu.trade import deals, spending
from heliu.trade.deliveries import complete
from heliu.trade.models import Step
from heliu.trade.names import reservation_of, terms_hold_of
from heliu.trade.paperwork import order_of
from heliu.trade.steps import count, locked, parties, remember


def strike(
    order_id: UUID, *, lines: Mapping[int, int], reason: str, actor: Actor, at: datetime
) -> Order:
    """Take these quantities (line id: smallest units) off what is still to be sent.

    Raises `Refused` for more than is open, for all of an order (that is cancelled instead), and
    for a financed one.
    """
    deal = deals.of_order(actor, order_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        if order.pay_by == PayBy.FINANCE:
            raise Refused(
                "financed-whole",
                "The bank paid for all of %(number)s.",
                number=order.number,
                help="Goods that cannot come are refunded: let the keeper count them as missing.",
            )
        is_paid = order.pay_by == PayBy.TRANSFER and order.status != OrderStatus.PLACED
        value = ordering.strike(order, quantities=lines, reason=reason, actor=actor, at=at)
        key = str(count(deal, Step.STRUCK) + 1)
        rows = list(OrderLine.objects.filter(order=order.id))
        discounts.give_back(order.id, by_goods(rows, lines))
        holds = _held(order, rows, lines)
        with widened(bearers(order.pk)):
            # At once, so that the steps on it keep to the one order of locks.
            budgets = [one.period.account for one in charges(order.pk)]
            posting.lock([*budgets, *(hold.account for hold in holds)])
            spending.lost(order.id, value, key=f"struck:{key}", at=at)
            posting.rehold(holds, at=at)
        if is_paid:
            _owe_back(order, value, key=key, at=at)
        remember(
            deal, Step.STRUCK, key=key, actor=actor, at=at, quantity=sum(lines.values()),
            value=value, refund=value if is_paid else 0, reason=reason.strip()[:200],
        )  # fmt: skip
        tell(
            order.buyer,
            "lines-struck",
            {"number": order.number, "quantity": str(sum(lines.values()))},
            link=deals.link(deal),
            at=at,
        )
        if order.status == OrderStatus.RECEIVED:
            complete(deal, order, at=at)
    return order


def _held(order: Order, rows: Sequence[OrderLine], lines: Collection[int]) -> list[NewHold]:
    """What holds credit and goods for the order as it is now: for all that was not struck. Lines of
    the same goods share a hold."""
    promises = {
        line.sku_id: Promise(order.seller, order.seller, line.sku_id).account.key
        for line in rows
        if line.pk in lines
    }
    credit = Place(order.seller, Code.RECEIVABLE, order.buyer).key
    accounts = posting.account_ids([credit, *promises.values()])
    holds = [
        NewHold(
            reservation_of(order.id, sku),
            accounts[key],
            sum(line.cancelled - line.quantity for line in rows if line.sku_id == sku),
            order.id,
        )
        for sku, key in promises.items()
    ]
    if order.pay_by == PayBy.TERMS:
        owed = sum((line.quantity - line.cancelled) * line.unit_price for line in rows)
        holds.append(NewHold(terms_hold_of(order.id), accounts[credit], owed, order.id))
    return holds


def _owe_back(order: Order, value: int, *, key: str, at: datetime) -> None:
    books.post(
        journals.order_struck(seller=order.seller, buyer=order.buyer, order=order.id, amount=value),
        kind="order_struck",
        key=f"order_struck:{order.id}:{key}",
        subject=order.id,
        effective=day_of(at),
        currency=order.currency,
        at=at,
    )
