"""Pledged orders from placing to closing, many at a time, with the sandbox bank."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.demo import chain as chains
from heliu.demo.chain import SYSTEM
from heliu.kernel import clock
from heliu.kernel.access import operations as access
from heliu.kernel.access.models import User
from heliu.trade.models import Deal, Outcome, Step
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.ground import Ground
from heliu_bench.lives import Cast
from heliu_bench.load import played
from heliu_bench.market import Market
from heliu_bench.measure import Round, percentile
from heliu_bench.report import Report

MOST = 60  # pieces of a line
ORDERS = 200
# What the database itself says: when the transaction that wrote a step was committed.
COMMITTED = "pg_xact_commit_timestamp({}.xmin)"
BETWEEN = {
    "signed_to_supervised": (Step.SIGNED, Step.OWN_SHARE_MOVED),
    "signed_to_seller_paid": (Step.SIGNED, Step.SELLER_PAID),
    "repayment_asked_to_released": (Step.REPAYMENT_ASKED, Step.RELEASED),
}


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    clients: Sequence[int]
    seconds: float
    rounds: int
    skus: int
    port: int
    workers: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """So many dealers side by side for so long, round by round.

    Raises `Trouble` with the first words when a life did not end as it should.
    """
    most, at = max(options.clients), clock.now()
    report.say(f"{most} dealers with two years of orders")
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=most, skus=options.skus, at=at, on_terms=False)
    markets.finance(market, most, at=at)
    seller, keeper = (_token(market, desk, at) for desk in ("seller", "warehouse"))
    with ground.link() as link:
        link.execute("vacuum analyze")
    install.disconnect()
    orders = [
        json.loads(body) for body in markets.bodies(market, ORDERS, pay_by=["FINANCE"], most=MOST)
    ]
    log = settings.DATA / "log" / "bench.log"
    with (
        grounds.serving(ground, port=options.port, workers=options.workers, log=log) as served,
        report.progress(len(options.clients) * options.rounds) as step,
    ):
        address, meter = served
        where = urlsplit(address)
        assert where.hostname is not None
        assert where.port is not None
        for clients in options.clients:
            row = report.row("whole life", clients=clients, unit="orders/s")
            steps: dict[str, list[float]] = {}
            began = clock.now()
            for number in range(options.rounds):
                step(f"round {number + 1} of {clients} dealers")
                cast = Cast(
                    where.hostname, where.port, options.seconds, list(market.tokens[:clients]),
                    seller, keeper, orders,
                )  # fmt: skip
                told, spent = played("heliu_bench.lives", asdict(cast), meter)
                if told["wrong"]:
                    raise Trouble(f"A pledged order stopped: {told['wrong'][0]}")
                row.add(Round(told["seconds"], told["lives"], spent))
                for name, took in told["took"].items():
                    steps.setdefault(name, []).extend(took)
                report.facts["requests_per_order"] = round(told["requests"] / len(told["lives"]), 1)
            _tell(ground, report, clients, steps, began)
    open_deals = Deal.objects.filter(outcome=Outcome.OPEN).count()
    if open_deals:
        raise Trouble(f"{open_deals} deals are still open; every one should be closed.")
    report.facts["deals_closed"] = Deal.objects.filter(
        outcome=Outcome.CLOSED, loan_id__isnull=False
    ).count()


def _tell(
    ground: Ground, report: Report, clients: int, steps: dict[str, list[float]], began: datetime
) -> None:
    """Percentiles of the steps as seen over HTTP, and of what was committed."""
    for name, took in steps.items():
        key = f"{name.replace(' ', '_')}_at_{clients}"
        report.facts[f"{key}_p50_ms"] = round(percentile(took, 0.50) * 1000, 1)
        report.facts[f"{key}_p99_ms"] = round(percentile(took, 0.99) * 1000, 1)
    for name, (first, last) in BETWEEN.items():
        values = committed_between(ground, first, last, since=began)
        if not values:
            raise Trouble(f"No deal tells how long {name} took.")
        report.facts[f"{name}_committed_at_{clients}_p50_ms"] = round(percentile(values, 0.50), 1)
        report.facts[f"{name}_committed_at_{clients}_p99_ms"] = round(percentile(values, 0.99), 1)


def committed_between(ground: Ground, first: str, last: str, *, since: datetime) -> list[float]:
    """Milliseconds between the commits of two steps, for every deal since a moment."""
    query = (
        f"select extract(epoch from {COMMITTED.format('b')} - {COMMITTED.format('a')}) * 1000"
        "  from trade_dealstep a join trade_dealstep b using (deal_id)"
        " where a.step = %s and b.step = %s and a.at >= %s"
    )
    with ground.link() as link:
        return [float(row[0]) for row in link.execute(query.encode(), [first, last, since])]


def _token(market: Market, desk: str, at: datetime) -> str:
    user = User.objects.get(username=chains.email_of(desk))
    org = getattr(market.chain, desk)
    return access.issue_token(actor=SYSTEM, user=user, org=org, label="bench", at=at)
