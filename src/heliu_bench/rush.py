"""A rush: everybody wants one SKU, half of them for one dealer, until both run dry.

Speed is told beside, but what counts is that nothing goes wrong: every answer is 201 or the rules'
409, every piece is sold and none twice, no credit is overdrawn, every answer is an order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from heliu.capital.books import operations as books
from heliu.config import install, soundness
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.ids import new_id
from heliu.logistics.stock import operations as stock
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.generator import Job
from heliu_bench.ground import Ground
from heliu_bench.load import fire
from heliu_bench.market import PLENTY, Market
from heliu_bench.report import Report

PATH = "/api/v1/orders"
QUANTITIES = (1, 2, 3)
SOLD = """
select coalesce(sum(l.quantity), 0), count(distinct o.id),
       coalesce(sum(o.total) filter (where o.buyer = %s), 0)
  from ordering_order o join ordering_orderline l on l.order_id = o.id"""
LEFT = """
select a.posted - a.held_out from stock_promised p join posting_account a on a.id = p.account
 where p.sku_id = %s and p.owner = %s and p.warehouse = %s"""
OWED = """
select a.ceiling, a.posted + a.held_in from posting_account a
 where a.org = %s and a.other = %s and a.ceiling is not null"""


@dataclass(frozen=True)
class Options:
    """What was asked for. `pieces` are there of the SKU, `credit` has the dealer in yuan."""

    clients: int
    seconds: float
    pieces: int
    credit: int
    port: int
    workers: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """Let them rush. Raises `Trouble` with the first thing that is not as it must be."""
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=20, skus=24, at=clock.now())
    sku, hot = market.skus[0], market.dealers[0]
    _make_scarce(market, sku, hot, options)
    install.disconnect()
    tokens = [market.tokens[0]] * (len(market.tokens) - 1) + list(market.tokens[1:])
    log = settings.DATA / "log" / "bench.log"
    with grounds.serving(ground, port=options.port, workers=options.workers, log=log) as served:
        address, meter = served
        where = urlsplit(address)
        job = Job(
            host=where.hostname or "", port=where.port or 0, path=PATH, clients=options.clients,
            seconds=options.seconds, tokens=tokens, bodies=_bodies(market, sku),
        )  # fmt: skip
        answered = fire(job, meter, good=201)
    report.row("orders", clients=options.clients, unit="answers/s").add(answered.round)
    if answered.round.failed:
        raise Trouble(f"{answered.round.failed} failed: {answered.wrong}")
    report.facts |= _laws(ground, market, sku, hot, options, answered.statuses[201])


def _make_scarce(market: Market, sku: UUID, hot: UUID, options: Options) -> None:
    """Set all but so many pieces aside, and cut the hot dealer's credit."""
    with transaction.atomic():
        stock.reserve(
            [(new_id(), sku, PLENTY - options.pieces)],
            owner=market.seller, warehouse=market.seller, subject=new_id(), at=clock.now(),
        )  # fmt: skip
        books.trade_credit(seller=market.seller, buyer=hot, limit=options.credit * 100)


def _bodies(market: Market, sku: UUID) -> list[str]:
    return [
        json.dumps(
            {
                "seller": str(market.seller),
                "pay_by": "TERMS",
                "lines": [{"sku": str(sku), "quantity": quantity}],
            }
        )
        for quantity in QUANTITIES
    ]


def _laws(
    ground: Ground, market: Market, sku: UUID, hot: UUID, options: Options, placed: int
) -> dict[str, float | int | str]:
    with ground.link() as admin:
        sold, orders, owed_by_orders = admin.execute(SOLD, [hot]).fetchone() or (0, 0, 0)
        (left,) = admin.execute(LEFT, [sku, market.seller, market.seller]).fetchone() or (0,)
        ceiling, owed = admin.execute(OWED, [market.seller, hot]).fetchone() or (0, 0)
    if orders != placed:
        raise Trouble(f"{placed} orders were answered, {orders} are there.")
    if sold + left != options.pieces or left < 0:
        raise Trouble(f"{sold} pieces sold and {left} left of {options.pieces}.")
    if owed > ceiling or owed != owed_by_orders:
        raise Trouble(f"{owed} held of {ceiling}, {owed_by_orders} ordered.")
    broken = [offender for _, check in soundness.checks() for offender in check()]
    if broken:
        raise Trouble(f"heliu check is not clean: {broken[0]}")
    return {
        "pieces": options.pieces,
        "pieces_sold": int(sold),
        "pieces_left": int(left),
        "credit_used": f"{owed / ceiling:.4f}",
        "orders": orders,
    }
