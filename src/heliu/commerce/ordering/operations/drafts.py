"""Orders as they will be written: made and checked one by one, written as a set.

`ordering_write` in the database writes them; the story that places orders calls it together with
what else becomes true at that moment (`trade/sql/place.sql`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import DEFERRED

from heliu.commerce.catalogue.policies import seen
from heliu.commerce.ordering.events import OrderPlaced
from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus, PayBy
from heliu.commerce.ordering.parts import Part, kept
from heliu.commerce.ordering.paste import LARGEST
from heliu.commerce.ordering.policies import refuse_day
from heliu.kernel.access.actor import Actor
from heliu.kernel.arrays import days, ids, numbers, texts
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY

LARGEST_TOTAL = 10**17  # minor units; ninety such orders still add up in a bigint
WAYS = frozenset(PayBy.values)


class PricedLine(NamedTuple):
    """A SKU, how much of it (smallest units) and at what price each (minor units), and the day on
    which it is wished, where that is not the order's; `parts` where it is wished by several."""

    sku_id: UUID
    quantity: int
    unit_price: int
    wanted_on: date | None = None
    parts: tuple[Part, ...] = ()


class Draft(NamedTuple):
    """An order that may be written, with its lines; it reads like the `Order` it will be.

    `address` is the one that was named; as it writes the order the database freezes it (`ship_to`).
    """

    id: UUID
    number: str
    buyer: UUID
    seller: UUID
    warehouse: UUID
    lender: UUID | None
    pay_by: str
    currency: str
    total: int
    placed_by: UUID | None
    placed_by_name: str
    placed_at: datetime
    remark: str
    external_id: str
    lines: Sequence[PricedLine]
    wanted_on: date | None = None
    address: UUID | None = None
    status: str = OrderStatus.PLACED.value
    confirmed_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str = ""

    def order(self) -> Order:
        """The order, once it is written."""
        columns = self._asdict()
        del columns["lines"], columns["address"]
        order = Order(**columns, ship_to=DEFERRED)
        order._state.adding = False
        return order

    def fact(self) -> OrderPlaced:
        """What is told of it."""
        return OrderPlaced(
            subject=self.id,
            number=self.number,
            buyer=self.buyer,
            seller=self.seller,
            total=self.total,
            currency=self.currency,
            lines=len(self.lines),
            pay_by=self.pay_by,
            warehouse=self.warehouse,
        )


def draft(
    *,
    actor: Actor,
    buyer: UUID,
    seller: UUID,
    warehouse: UUID,
    pay_by: str,
    lines: Sequence[PricedLine],
    number: str,
    at: datetime,
    remark: str = "",
    external_id: str = "",
    lender: UUID | None = None,
    order_id: UUID | None = None,
    wanted_on: date | None = None,
    address: UUID | None = None,
    currency: str = CURRENCY,
) -> Draft:
    """An order as placed, not yet written.

    The caller has priced the lines and, in the transaction that writes it, reserves the goods and
    holds the credit. `lender` may read the order, `order_id` was given where others were asked
    about it before, `address` is of the buyer's book, `currency` that in which the two trade.
    Raises `Invalid` for what is not an order, `Forbidden` to whoever may not order for the buyer.
    That the buyer's own id is used once is held by the database.
    """
    actor.require("order")
    if not actor.is_system and buyer not in actor.orgs:
        raise Forbidden("not-your-desk", "You can order for your own organisation only.")
    total = _check(buyer, seller, pay_by, lines, external_id)
    today = day_of(at)
    refuse_day(wanted_on, today)
    for line in lines:
        refuse_day(line.wanted_on, today)
        for part in line.parts:
            refuse_day(part.wanted_on, today)
    return Draft(
        order_id or new_id(), number, buyer, seller, warehouse, lender, pay_by, currency, total,
        actor.user_id, actor.name, at, seen(remark), external_id, lines, wanted_on,
        address,
    )  # fmt: skip


def columns(drafts: Sequence[Draft]) -> list[Any]:
    """The drafts as `ordering_write` takes them, without the moment."""
    lines = [(n, line) for n, draft in enumerate(drafts, 1) for line in draft.lines]
    return [
        ids(draft.id for draft in drafts),
        texts(draft.number for draft in drafts),
        ids(draft.buyer for draft in drafts),
        ids(draft.seller for draft in drafts),
        ids(draft.warehouse for draft in drafts),
        ids(draft.lender for draft in drafts),
        texts(draft.pay_by for draft in drafts),
        texts(draft.currency for draft in drafts),
        numbers(draft.total for draft in drafts),
        ids(draft.placed_by for draft in drafts),
        texts(draft.placed_by_name for draft in drafts),
        texts(draft.remark for draft in drafts),
        texts(draft.external_id for draft in drafts),
        days(draft.wanted_on for draft in drafts),
        ids(draft.address for draft in drafts),
        numbers(n for n, _ in lines),
        ids(line.sku_id for _, line in lines),
        numbers(line.quantity for _, line in lines),
        numbers(line.unit_price for _, line in lines),
        days(line.wanted_on for _, line in lines),
    ]


def keep_parts(draft: Draft) -> None:
    """Write down in which parts lines of an order that was just written are wished."""
    split = {place: kept(line.parts) for place, line in enumerate(draft.lines, 1) if line.parts}
    if not split:
        return
    lines = list(OrderLine.objects.filter(order=draft.id, position__in=split))
    for line in lines:
        line.parts = split[line.position]
    OrderLine.objects.bulk_update(lines, ["parts"])


def _check(
    buyer: UUID, seller: UUID, pay_by: str, lines: Sequence[PricedLine], external_id: str
) -> int:
    """What the order comes to, in minor units, if it is one."""
    if buyer == seller:
        raise Invalid("own-goods", "You cannot order from yourself.", field="seller")
    if pay_by not in WAYS:
        raise Invalid("pay-by-unknown", "Choose how to pay.", field="pay_by")
    if not lines:
        raise Invalid("no-lines", "An order needs at least one line.", field="lines")
    total = 0
    for position, line in enumerate(lines, start=1):
        if not 0 < line.quantity <= LARGEST or line.unit_price < 0:
            raise Invalid(
                "line-invalid",
                "Line %(position)s needs a quantity above zero that can be delivered, and a price.",
                field="lines",
                position=position,
            )
        total += line.quantity * line.unit_price
    if total > LARGEST_TOTAL:
        raise Invalid("order-too-large", "This order is too large.", field="lines")
    if len(external_id) > 80 or external_id != seen(external_id):
        raise Invalid(
            "external-id-invalid",
            "Your own number may have up to 80 visible characters.",
            field="external_id",
        )
    return total
