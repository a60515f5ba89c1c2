"""Movements of goods between bins, in sets, through the operations of stock and over HTTP."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.demo.chain import SYSTEM, email_of
from heliu.kernel import clock
from heliu.kernel.access.models import User
from heliu.kernel.access.operations import issue_token
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.ends import Move, Place
from heliu.logistics.stock.models import StockRow
from heliu.logistics.stock.moves import move_goods
from heliu.logistics.warehousing.models import Bin
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.crew import Act, crew
from heliu_bench.generator import Job
from heliu_bench.ground import Ground
from heliu_bench.load import fire
from heliu_bench.market import Market
from heliu_bench.report import Report

BATCH, BODIES = 200, 100  # movements of a request, and different requests


@dataclass(frozen=True)
class Options:
    """What was asked for; `sizes` are the numbers of moves in a set, `clients` those over HTTP."""

    seconds: float
    rounds: int
    sizes: Sequence[int]
    clients: Sequence[int]
    skus: int
    port: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """Each size with one and two connections, round by round; then batches over HTTP."""
    report.say(f"Goods of {options.skus:,} SKUs in two bins each")
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=1, skus=options.skus, at=clock.now(), on_terms=False)
    house = Bin.objects.filter(org=market.seller, is_dock=False, is_quarantine=False)
    bins = list(house.order_by("code").values_list("id", flat=True)[:2])
    with transaction.atomic():
        stock.supply(
            [stock.Supply(sku, markets.PLENTY, bin) for bin in bins for sku in market.skus],
            owner=market.seller, warehouse=market.seller, key="bins", subject=market.seller,
            at=clock.now(),
        )  # fmt: skip
    bodies = _bodies(market, bins)
    token = issue_token(
        actor=SYSTEM, user=User.objects.get(username=email_of("seller")), org=market.seller,
        label="bench", at=clock.now(),
    )  # fmt: skip
    with ground.link() as link:
        link.execute("vacuum analyze")
    install.disconnect()
    _in_sets(ground, report, options, market, bins)
    _over_http(ground, report, options, token, bodies)
    if broken := posting.check():
        raise Trouble(f"A law of the engine is broken: {broken[0]}.")


def _in_sets(
    ground: Ground, report: Report, options: Options, market: Market, bins: Sequence[UUID]
) -> None:
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


def _over_http(
    ground: Ground, report: Report, options: Options, token: str, bodies: Sequence[str]
) -> None:
    """Batches as a program of the seller sends them; latencies are of batches."""
    log = settings.DATA / "log" / "bench.log"
    batch = len(json.loads(bodies[0])["moves"])
    with grounds.serving(ground, port=options.port, workers=2, log=log) as (address, meter):
        where = urlsplit(address)
        assert where.hostname is not None
        assert where.port is not None
        for clients in options.clients:
            row = report.row(f"batches of {batch} over HTTP", clients=clients, unit="moves/s")
            for number in range(-1, options.rounds):
                job = Job(
                    host=where.hostname, port=where.port, path="/api/v1/stock-moves",
                    clients=clients, seconds=options.seconds if number >= 0 else 0.5,
                    tokens=[token], bodies=list(bodies),
                )  # fmt: skip
                answered = fire(job, meter, good=201)
                if answered.round.failed:
                    raise Trouble(f"{row.name}: {next(iter(answered.wrong), 'no answer')}")
                answered.round.done = len(answered.round.latencies) * batch
                if number >= 0:
                    row.add(answered.round)


def _bodies(market: Market, bins: Sequence[UUID]) -> list[str]:
    """Requests that move as many different SKUs as a batch may hold (or all) from bin to bin."""
    choose = random.Random(7)  # noqa: S311  the same requests in every run
    rows = {(row.sku_id, row.bin): row.id for row in StockRow.objects.filter(bin__in=bins)}

    def move(sku: UUID) -> dict[str, object]:
        one, other = choose.sample(bins, 2)
        return {"row": str(rows[sku, one]), "bin": str(other), "quantity": choose.randint(1, 100)}

    size = min(BATCH, len(market.skus))
    return [
        json.dumps({"moves": [move(sku) for sku in choose.sample(market.skus, size)]})
        for _ in range(BODIES)
    ]


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
