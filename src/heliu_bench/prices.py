"""Prices of one buyer among very many price lists, and never a table of prices per buyer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg

from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.models import PriceList, PriceListBuyer
from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.access.desks import actor_for_token
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import day_of
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.crew import Act, crew
from heliu_bench.ground import Ground
from heliu_bench.market import TIERS, Market
from heliu_bench.report import Report

ITEMS = 24
EACH = 3  # lists of a buyer of its own
BATCH = 5_000


@dataclass(frozen=True)
class Options:
    """What was asked for: so many lists with so many prices in all."""

    lists: int
    prices: int
    seconds: float
    rounds: int
    dealers: int
    skus: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """Load, let the planner look, then resolve as the web role does, buyer after buyer."""
    at = clock.now()
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=options.dealers, skus=options.skus, at=at, on_terms=False)
    since = day_of(at) - timedelta(days=365)
    codes = _lists(market, options, since)
    _load(ground, report, market, codes, options, since)
    install.disconnect()
    row = report.row(f"resolve {ITEMS} items", clients=1, unit="resolutions/s")
    with crew(1, role="web") as people, report.progress(options.rounds) as step:
        for number in range(-1, options.rounds):
            made = people.work(
                resolver, market.tokens, market.seller, market.skus, at,
                hands=1, seconds=options.seconds, meter=ground.meter(),
            )  # fmt: skip
            if number >= 0:
                step(row.name)
                row.add(made)


def _lists(market: Market, options: Options, since: date) -> list[PriceList]:
    """The lists, each buyer on a few of them."""
    made = PriceList.objects.bulk_create(
        [
            PriceList(seller=market.seller, code=f"P{n:05}", name=f"Price list {n}", priority=n % 9)
            for n in range(options.lists)
        ],
        batch_size=BATCH,
    )
    choose = random.Random(3)  # noqa: S311
    PriceListBuyer.objects.bulk_create(
        [
            PriceListBuyer(price_list=one, seller=market.seller, buyer=buyer, valid_from=since)
            for buyer in market.dealers
            for one in choose.sample(made, min(EACH, len(made)))
        ],
        batch_size=BATCH,
    )
    return made


def _load(
    ground: Ground,
    report: Report,
    market: Market,
    lists: Sequence[PriceList],
    options: Options,
    since: date,
) -> None:
    """Copy the prices, with every constraint in force; the planner looks at them afterwards."""
    per_list = max(1, options.prices // len(lists))
    columns = "price_list_id, seller, sku_id, min_quantity, amount, valid_from"
    with (
        ground.link() as link,
        report.progress(len(lists)) as step,
        link.cursor() as cursor,
        cursor.copy(f"copy pricing_listprice ({columns}) from stdin") as copy,
    ):
        for one in lists:
            step("loading prices")
            for row in _rows(one, market, per_list, since):
                copy.write_row(row)
    with ground.link() as link:
        report.say("Letting the planner look")
        link.execute("vacuum analyze")
        report.facts["prices_in_the_table"] = _count(link)


def _rows(one: PriceList, market: Market, count: int, since: date) -> Iterator[tuple[object, ...]]:
    choose = random.Random(one.code)  # noqa: S311
    skus = choose.sample(market.skus, min(len(market.skus), -(-count // len(TIERS))))
    pairs = ((sku, tier) for sku in skus for tier in enumerate(TIERS))
    for _, (sku, (place, quantity)) in zip(range(count), pairs, strict=False):
        yield one.id, market.seller, sku, quantity, 1_500 - 50 * place, since


def _count(link: psycopg.Connection) -> int:
    found = link.execute("select count(*) from pricing_listprice").fetchone()
    assert found is not None
    return int(found[0])


def resolver(
    number: int,
    tokens: Sequence[str],
    seller: UUID,
    skus: Sequence[UUID],
    at: datetime,
) -> Act:
    """Resolves the prices of 24 SKUs for one buyer after the other, through the door."""
    choose = random.Random(number)  # noqa: S311
    actors = [actor_for_token(token, at=clock.now()) for token in tokens[:500]]

    def act() -> int:
        actor = choose.choice(actors)
        wanted = [(sku, choose.randint(1, 120)) for sku in choose.sample(skus, ITEMS)]
        with acting_for(actor.orgs):
            prices = pricing.resolve(buyer=actor.own_org, seller=seller, wanted=wanted, at=at)
        if len(prices) != ITEMS or None in prices.values():
            raise Trouble("Not every item has a price.")
        return 1

    return act
