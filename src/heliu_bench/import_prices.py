"""A file of a million prices read by the worker while orders come in: what buyers feel of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.models import PriceImport, PriceList
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.spool import ImportState
from heliu_bench import place_order
from heliu_bench.ground import Ground
from heliu_bench.place_order import Doors
from heliu_bench.report import Report, Row, ratio

LINES = 10_000  # of the file, written at once
PATIENCE = 30  # seconds until the first rows are read


@dataclass(frozen=True)
class Options:
    """What was asked for: `rows` of the file, each SKU in as many tiers as that makes."""

    rows: int
    clients: int
    seconds: float
    rounds: int
    dealers: int
    skus: int
    port: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """Orders without the file, then beside it for as long as it is read.

    Raises `Trouble` when an order failed, rows were left out or lost, or the file was read before
    all rounds were done.
    """
    place = place_order.Options(
        clients=[options.clients], seconds=options.seconds, rounds=options.rounds, doors=["lane"],
        hot=0, pay_by=["TERMS"], dealers=options.dealers, skus=options.skus, port=options.port,
        workers=1,
    )  # fmt: skip
    with place_order.opened(ground, report, place) as doors:
        doors.fire("lane", options.clients, place_order.WARMING)
        alone = report.row("without the file", clients=options.clients, unit="orders/s")
        beside = report.row("beside the file", clients=options.clients, unit="orders/s")
        with report.progress(2 * options.rounds) as step:
            for number in range(options.rounds):
                step(f"round {number + 1} without the file")
                _round(doors, alone, options)
            file, began = _bring(doors.market.seller, options.rows), time.monotonic()
            for number in range(options.rounds):
                step(f"round {number + 1} beside the file")
                if _now(file).state != ImportState.READING:
                    raise Trouble("The file was read before all rounds were done: make it longer.")
                _round(doors, beside, options)
        read = _wait(file)
    _require_whole(read, options.rows)
    report.ratios.append(ratio(beside, alone))
    report.facts |= {
        "rows_read": read.taken,
        "rows_per_second": round(read.taken / (time.monotonic() - began)),
        "p50_times": round(beside.median.p50_ms / alone.median.p50_ms, 2),
        "p99_times": round(beside.median.p99_ms / alone.median.p99_ms, 2),
    }


def _round(doors: Doors, row: Row, options: Options) -> None:
    answered = doors.fire("lane", options.clients, options.seconds)
    row.add(answered.round)
    if answered.round.failed:
        raise Trouble(f"{answered.round.failed} orders failed: {answered.wrong}")


def _bring(seller: UUID, rows: int) -> UUID:
    """Bring the file, and wait until the worker has begun to read it."""
    actor = Actor(
        user_id=new_id(), name="Bench", org=seller, orgs=(seller,), permissions=frozenset({"price"})
    )
    with transaction.atomic():
        file = pricing.bring(
            PriceList.objects.get(seller=seller, is_default=True),
            _file(list(Sku.objects.filter(seller=seller).values_list("code", flat=True)), rows),
            actor=actor, name="prices.csv", at=clock.now(),
        )  # fmt: skip
    for _ in range(PATIENCE * 10):
        if _now(file.pk).taken:
            return file.pk
        time.sleep(0.1)
    raise Trouble(f"The worker did not begin to read the file: {_now(file.pk).state}.")


def _file(codes: list[str], rows: int) -> Iterator[bytes]:
    lines = ["code,from,price"]
    for number in range(rows):
        tier, place = divmod(number, len(codes))
        lines.append(f"{codes[place]},{tier + 1},{20 + number % 900}.{number % 100:02}")
        if len(lines) == LINES:
            yield ("\n".join(lines) + "\n").encode()
            lines = []
    yield ("\n".join(lines) + "\n").encode()


def _now(file: UUID) -> PriceImport:
    return PriceImport.objects.get(pk=file)


def _wait(file: UUID) -> PriceImport:
    while (found := _now(file)).state == ImportState.READING:
        time.sleep(0.5)
    return found


def _require_whole(read: PriceImport, rows: int) -> None:
    if read.state != ImportState.READ or (read.taken, read.bad) != (rows, 0):
        raise Trouble(f"{read.state}: {read.taken} rows taken, {read.bad} left out of {rows}.")
