"""The legs of a loan against stock as one call each."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tests.conftest import be
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.credit.models import MarginRules
from heliu.capital.valuation.sandbox import operations as index
from heliu.demo import chain as chains
from heliu.logistics.pledges.operations.freeing import Released
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries, lodging, place_order, pool_rounds, stock_loan, taking_out
from heliu.trade.financed_order import signing
from heliu.trade.models import Deal, Pool
from heliu.trade.paperwork import loan_of
from heliu.trade.stock_loan import Wish

PRICES = {"M1": 9_00, "M2": 15_00, "B1": 20_00}
GOODS = {"M1": 500, "B1": 500}  # bought at 9.00 and 20.00: 14,500.00


def lay(world: World, **rules: object) -> UUID:
    """The bank's programme of loans against stock, prices of the day, and goods that the first
    dealer has bought and keeps in its own house. Returns the programme."""
    with world.worker():
        programme = chains.stock_programme(world.chain)
        if rules:
            MarginRules.objects.update(**rules)
    buy(world, **GOODS)
    tick(world, **PRICES)
    return programme.pk


def buy(world: World, *, who: str = "", **quantities: int) -> None:
    """A dealer, the first if none is named, buys by transfer and counts the goods into its house."""
    who = who or world.dealer
    with world.desk(who) as dealer:
        placed = place_order.place(
            actor=dealer, seller=world.chain.seller, lines=world.lines(**quantities),
            pay_by="TRANSFER", at=world.at,
        )  # fmt: skip
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    life.receive(world, life.ship(world, placed), who=who)


def tick(world: World, **amounts: int) -> None:
    """From now on the index says so, in fen, and the round over all pools hears of it."""
    with world.worker():
        for code, amount in amounts.items():
            index.quote(code, amount, at=world.at)
    be("heliu_worker")
    pool_rounds.fetch_prices(at=world.at)


def goods(world: World, quantities: Mapping[str, int]) -> dict[UUID, int]:
    """Pieces by SKU."""
    return {world.chain.skus[code]: quantity for code, quantity in quantities.items()}


def ask(world: World, programme: UUID, amount: int, *, days: int = 30, **lines: int) -> Deal:
    """The dealer asks for so many fen against its goods, all of them when none is named."""
    wish = Wish(programme, goods(world, lines or GOODS), amount, days)
    with world.desk(world.dealer) as dealer:
        return stock_loan.ask(wish, actor=dealer, at=world.at)


def sign(world: World, deal: Deal) -> None:
    """The dealer signs a minute later."""
    with world.worker():
        digest = loan_of(Deal.objects.get(pk=deal.pk)).agreement_digest
    with world.desk(world.dealer) as dealer:
        signing.sign(
            deal.pk, actor=dealer, agreement_digest=digest, consent=True,
            at=world.later(minutes=1),
        )  # fmt: skip


def send(world: World, deal: Deal, number: int = 1) -> Shipment:
    """The goods of a lodging leave for the keeper."""
    with world.desk(world.dealer) as dealer:
        return lodging.send(
            deal.pk, number, actor=dealer, carrier="Shunda", at=world.later(hours=1)
        )


def count(world: World, shipment: Shipment, *, lost: int = 0, damaged: int = 0) -> None:
    """The keeper counts; of the first line some are missing or damaged."""
    with world.desk("gate@warehouse.demo") as keeper:
        lines = list(Shipment.objects.get(pk=shipment.pk).lines.order_by("position"))
        counts = [Count(line.id, line.quantity) for line in lines]
        counts[0] = Count(lines[0].id, lines[0].quantity - lost - damaged, damaged)
        deliveries.goods_received(shipment.id, actor=keeper, counts=counts, at=world.later(hours=5))


def running(world: World, amount: int = 5_000_00, **rules: object) -> Deal:
    """A loan against all the dealer has, paid out."""
    deal = ask(world, lay(world, **rules), amount)
    sign(world, deal)
    world.bank()
    count(world, send(world, deal))
    world.bank()
    return deal


def take_out(world: World, deal: Deal, key: str = "k", **lines: int) -> Released:
    """The dealer takes goods out of the pool."""
    with world.desk(world.dealer) as dealer:
        return taking_out.take_out(
            deal.pk, goods(world, lines), actor=dealer, key=key, at=world.later(hours=1)
        )


def pool_of(world: World, deal: Deal) -> Pool:
    """The pool as it stands."""
    with world.worker():
        return Pool.objects.get(deal=deal)
