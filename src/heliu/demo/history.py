"""The chain's past: the sample's real orders as completed orders, and how they were paid.

They were placed before the chain had a bank, on the seller's terms, so they have no journals and
no movements of stock: the books and the ledgers of goods begin with the opening of the chain.
Written in sets, since nobody lived through them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db import connection

from heliu.commerce.ordering.events import OrderPlaced
from heliu.commerce.ordering.models import Order, OrderStatus, PayBy
from heliu.demo import sample
from heliu.demo.chain import Chain, owner_name
from heliu.information.credit_file.models import PaymentExperience
from heliu.kernel.clock import day_of
from heliu.kernel.events.models import Fact
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY
from heliu.kernel.numbering import next_numbers
from heliu.trade.models import Deal, DealStep, Outcome, Step

BATCH = 2_000
TERMS = timedelta(days=30)  # what the seller gave before there was a bank
DELIVERED = timedelta(days=3)
# What came was what was ordered.
LINES = """
insert into ordering_orderline (order_id, buyer, seller, position, sku_id, quantity, unit_price,
       amount, shipped, received, damaged, missing, cancelled)
select o.id, o.buyer, o.seller, l.position, l.sku, l.quantity, l.price,
       l.quantity * l.price, l.quantity, l.quantity, 0, 0, 0
  from unnest(%s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s::bigint[])
       as l(order_id, position, sku, quantity, price)
  join ordering_order o on o.id = l.order_id
"""


@dataclass(frozen=True)
class _Past:
    """An order of the sample with what it is called here."""

    id: UUID
    number: str
    deal: UUID
    deal_number: str
    buyer: UUID
    buyer_name: str
    placed_at: datetime
    completed_at: datetime
    order: sample.Order


def load(
    chain: Chain,
    orders: Sequence[sample.Order],
    *,
    behaviours: dict[str, sample.Behaviour],
    at: datetime,
) -> int:
    """Write down the orders placed before `at`, with their deals, facts and payments.

    `behaviours` are the dealers' ways of paying, by code. Returns how many orders there were.
    """
    past = list(_named(chain, [order for order in orders if order.placed_at < at], at))
    Order.objects.bulk_create([_order(chain, one) for one in past], BATCH)
    _write_lines(past, chain)
    Deal.objects.bulk_create([_deal(chain, one) for one in past], BATCH)
    DealStep.objects.bulk_create([step for one in past for step in _steps(chain, one)], BATCH)
    Fact.objects.bulk_create([_fact(chain, one) for one in past], BATCH)
    bills = [_bill(chain, one, behaviours[one.order.dealer]) for one in past]
    today = day_of(at)
    PaymentExperience.objects.bulk_create([bill for bill in bills if bill.paid_on <= today], BATCH)
    return len(past)


def _named(chain: Chain, orders: Iterable[sample.Order], at: datetime) -> Iterator[_Past]:
    """Ids and numbers for all, the numbers month by month."""
    for _, group in groupby(orders, lambda order: (order.placed_at.year, order.placed_at.month)):
        month = list(group)
        first = month[0].placed_at
        numbers = next_numbers("SO", len(month), first)
        deals = next_numbers("DL", len(month), first)
        for order, number, deal in zip(month, numbers, deals, strict=True):
            placed_at = order.placed_at.astimezone(UTC)
            yield _Past(
                id=new_id(),
                number=number,
                deal=new_id(),
                deal_number=deal,
                buyer=chain.dealers[order.dealer],
                buyer_name=owner_name(order.dealer),
                placed_at=placed_at,
                completed_at=min(placed_at + DELIVERED, at),
                order=order,
            )


def _order(chain: Chain, one: _Past) -> Order:
    return Order(
        id=one.id,
        number=one.number,
        buyer=one.buyer,
        seller=chain.seller,
        warehouse=one.buyer,
        status=OrderStatus.COMPLETED,
        pay_by=PayBy.TERMS,
        total=one.order.total,
        placed_by_name=one.buyer_name,
        placed_at=one.placed_at,
        confirmed_at=one.placed_at,
        completed_at=one.completed_at,
        external_id=one.order.number,
    )


def _write_lines(past: Iterable[_Past], chain: Chain) -> None:
    """All lines in one statement: there are ten times as many of them as of anything else."""
    rows = [
        (one.id, position, chain.skus[line.sku], line.quantity, line.unit_price)
        for one in past
        for position, line in enumerate(one.order.lines, start=1)
    ]
    with connection.cursor() as cursor:
        cursor.execute(LINES, [list(column) for column in zip(*rows, strict=True)])


def _deal(chain: Chain, one: _Past) -> Deal:
    return Deal(
        id=one.deal,
        number=one.deal_number,
        order_id=one.id,
        buyer=one.buyer,
        seller=chain.seller,
        outcome=Outcome.CLOSED,
        opened_at=one.placed_at,
        moved_at=one.completed_at,
        closed_at=one.completed_at,
    )


def _steps(chain: Chain, one: _Past) -> Iterator[DealStep]:
    ordered = {"order": one.number, "total": one.order.total}
    for step, at, name, data in (
        (Step.ORDERED, one.placed_at, one.buyer_name, ordered),
        (Step.CLOSED, one.completed_at, "Heliu", {}),
    ):
        yield DealStep(
            deal_id=one.deal,
            step=step,
            at=at,
            actor_name=name,
            data=data,
            buyer=one.buyer,
            seller=chain.seller,
        )


def _fact(chain: Chain, one: _Past) -> Fact:
    return Fact(
        name=OrderPlaced.name,
        flows=list(OrderPlaced.flows),
        subject=one.id,
        payload={
            "number": one.number,
            "buyer": str(one.buyer),
            "seller": str(chain.seller),
            "total": one.order.total,
            "currency": CURRENCY,
            "lines": len(one.order.lines),
            "pay_by": PayBy.TERMS.value,
            "warehouse": str(one.buyer),
        },
        audience=sorted({one.buyer, chain.seller}),
        actor_name=one.buyer_name,
        at=one.placed_at,
    )


def _bill(chain: Chain, one: _Past, behaviour: sample.Behaviour) -> PaymentExperience:
    due_on = day_of(one.placed_at + TERMS)
    paid_on = due_on + timedelta(days=sample.days_late(behaviour, one.order.number))
    return PaymentExperience(
        buyer=one.buyer,
        seller=chain.seller,
        order_id=one.id,
        order_number=one.number,
        due_on=due_on,
        paid_on=paid_on,
        amount=one.order.total,
        noted_at=datetime(paid_on.year, paid_on.month, paid_on.day, 4, tzinfo=UTC),
    )
