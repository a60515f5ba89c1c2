"""Loans against stock to look at: one that runs, one that is called for cash or goods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from heliu.capital.valuation.sandbox import operations as index
from heliu.commerce.ordering.models import OrderLine, PayBy
from heliu.demo.stage import Stage, Story
from heliu.kernel.access.actor import Actor
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries, lodging, place_order, pool_rounds, stock_loan, taking_out
from heliu.trade.financed_order import repaying, signing
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of
from heliu.trade.stock_loan import Wish

BOUGHT = 17  # days ago: what is pledged later was bought
ASKED = 13

type Costs = Mapping[str, int]
"""What a piece of each kind cost."""


@dataclass(frozen=True)
class Quoted:
    """What the index says on the days since the loan was asked for, in per cent of what the goods
    cost; the last is today's."""

    percents: Sequence[int]


CALM = Quoted((102, 101, 101, 100, 99, 99, 98, 97, 96, 96, 95, 94, 94, 93))
FALLING = Quoted((100, 98, 96, 95, 93, 92, 90, 88, 86, 84, 83, 81, 80, 79))


def runs_and_let_goods_out(stage: Stage) -> Story[None]:
    """A loan against stock that runs: a part was repaid, goods above the floor were taken out."""
    deal, costs = yield from lent(stage, "D001", 24_000, 50, CALM)
    yield from quoted(stage, costs, CALM, range(1, ASKED - 4))
    at = stage.ago(5, 10, 40)
    yield at
    repaying.repay(
        deal.pk, actor=stage.people.dealer("D001"), key="demo-stock", amount=2_000_00, at=at
    )
    stage.bank(at)
    yield from quoted(stage, costs, CALM, [ASKED - 4])
    at = stage.ago(4, 11, 20)
    yield at
    most = max(deal.pool.lodgings.get().lines.all(), key=lambda line: line.cost)
    taking_out.take_out(
        deal.pk, {most.sku_id: max(1, most.quantity // 8)}, actor=stage.people.dealer("D001"),
        key="demo", at=at,
    )  # fmt: skip
    yield from quoted(stage, costs, CALM, range(ASKED - 3, ASKED + 1))


def called(stage: Stage) -> Story[None]:
    """A loan against stock whose goods lost so much that its borrower is called."""
    _, costs = yield from lent(stage, "D005", 18_000, 60, FALLING)
    yield from quoted(stage, costs, FALLING, range(1, ASKED + 1))


def lent(
    stage: Stage, code: str, yuan: int, percent: int, said: Quoted
) -> Story[tuple[Deal, Costs]]:
    """A dealer buys goods and borrows so many per cent of what most of them count for."""
    dealer = stage.people.dealer(code)
    at = stage.ago(BOUGHT, 9, 10)
    yield at
    placed = stage.order(code, yuan, at, pay_by=PayBy.TRANSFER)
    place_order.confirm(placed.order.id, actor=stage.people.seller, at=at + timedelta(hours=1))
    at = stage.ago(BOUGHT - 2, 10, 0)
    yield at
    shipment = deliveries.ship(placed.order.id, actor=stage.people.seller, carrier="", at=at)
    _count(shipment, dealer, at + timedelta(hours=3))
    lines = list(OrderLine.objects.filter(order=placed.order.id))
    costs = {line.sku.code: line.unit_price for line in lines}
    at = stage.ago(ASKED, 9, 0)
    yield at
    _say(costs, said.percents[0], stage, at)
    programme = next(one for one in stock_loan.offered(dealer))
    goods = {line.sku_id: line.quantity - line.quantity // 5 for line in lines}
    most = stock_loan.preview_for(dealer, programme.pk, goods, at=at).most
    amount = most * percent // 60 // 100_00 * 100_00
    at += timedelta(minutes=5)
    yield at
    deal = stock_loan.ask(Wish(programme.pk, goods, amount, 60), actor=dealer, at=at)
    digest = loan_of(deal).agreement_digest
    at += timedelta(minutes=4)
    signing.sign(deal.pk, actor=dealer, agreement_digest=digest, consent=True, at=at)
    stage.bank(at)
    lodging.send(deal.pk, 1, actor=dealer, carrier="", at=at + timedelta(hours=2))
    at = stage.ago(ASKED - 1, 8, 30)
    yield at
    _count(Shipment.objects.get(deal=deal.pk), stage.people.keeper, at)
    stage.bank(at + timedelta(minutes=2))
    return deal, costs


def quoted(stage: Stage, costs: Costs, said: Quoted, days: Iterable[int]) -> Story[None]:
    """What the index says on these days since the loan was asked for."""
    for day in days:
        at = min(stage.ago(ASKED - day, 9, 15), stage.now)
        yield at
        _say(costs, said.percents[day], stage, at)


def _count(shipment: Shipment, actor: Actor, at: datetime) -> None:
    counts = [Count(line.id, line.quantity) for line in shipment.lines.all()]
    deliveries.goods_received(shipment.id, actor=actor, counts=counts, at=at)


def _say(costs: Costs, percent: int, stage: Stage, at: datetime) -> None:
    """The index says so many per cent of what the goods cost; the pools hear of it."""
    for code, cost in costs.items():
        index.quote(code, max(1, cost * percent // 100), at=at)
    pool_rounds.fetch_prices(at=at)


STORIES: tuple[Callable[[Stage], Story[None]], ...] = (runs_and_let_goods_out, called)
