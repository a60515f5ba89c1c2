"""Movements of goods between bins, in sets, through the operations of stock."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.moves import Move, Place, move_goods
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.crew import Act, crew
from heliu_bench.ground import Ground
from heliu_bench.report import Report


@dataclass(frozen=True)
class Options:
    """What was asked for; `sizes` are the numbers of moves in a set."""

    seconds: float
    rounds: int
    sizes: Sequence[int]
    skus: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """Each size with one and two connections, round by round."""
    report.say(f"Goods of {options.skus:,} SKUs in two bins each")
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=1, skus=options.skus, at=clock.now(), on_terms=False)
    bins = (new_id(), new_id())
    with transaction.atomic():
        stock.supply(
            [stock.Supply(sku, markets.PLENTY, bin) for bin in bins for sku in market.skus],
            owner=market.seller, warehouse=market.seller, key="bins", subject=market.seller,
            at=clock.now(),
        )  # fmt: skip
    with ground.link() as link:
        link.execute("vacuum analyze")
    install.disconnect()
    meter = ground.meter()
    rows = {
        (size, hands): report.row(f"sets of {size:,}", clients=hands, unit="moves/s")
        for size in options.sizes
        for hands in (1, 2)
    }
    with crew(2) as people, report.progress(options.rounds * len(rows)) as step:
        for _ in range(options.rounds):
            for (size, hands), row in rows.items():
                step(row.name)
                row.add(
                    people.work(
                        mover,
                        market.seller,
                        market.skus,
                        bins,
                        size,
                        hands=hands,
                        seconds=options.seconds,
                        meter=meter,
                    )
                )
    if broken := posting.check():
        raise Trouble(f"A law of the engine is broken: {broken[0]}.")


def mover(number: int, seller: UUID, skus: Sequence[UUID], bins: Sequence[UUID], size: int) -> Act:
    """Moves goods of as many different SKUs as the set is large (or all) from bin to bin."""
    choose = random.Random(number)  # noqa: S311
    at = clock.now()

    def move(sku: UUID) -> Move:
        one, other = choose.sample(bins, 2)
        return Move(
            Place(sku, seller, seller, one), Place(sku, seller, seller, other),
            choose.randint(1, 100),
        )  # fmt: skip

    def act() -> int:
        moves = [move(sku) for sku in choose.sample(skus, min(size, len(skus)))]
        with transaction.atomic():
            move_goods(moves, kind="bench", key=f"bench:{new_id()}", subject=seller, at=at)
        return len(moves)

    return act
