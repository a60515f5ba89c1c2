"""The turn of the day over very many open loans."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files

from django.db import transaction

from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan
from heliu.config import install
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.access.desks import actor_for_token
from heliu.kernel.clock import day_of
from heliu.trade import place_order
from heliu.trade.bank_answers import talk_to_bank
from heliu.trade.close_of_day import close_of_day
from heliu.trade.financed_order import signing
from heliu.trade.ledger_checks import CHECKS
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.cpu import Spent
from heliu_bench.ground import Ground
from heliu_bench.measure import Round
from heliu_bench.report import Report

OLD = timedelta(days=10)
PIECES = 30
PART = 10_000


@dataclass(frozen=True)
class Options:
    """What was asked for. Each round is the close of one more day."""

    loans: int
    rounds: int
    skus: int


def run(ground: Ground, report: Report, options: Options) -> None:
    """Make the loans, close day after day. Raises `Trouble` when a loan was left out or a law of
    any ledger is broken afterwards."""
    now = clock.now()
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=1, skus=options.skus, at=now - OLD, on_terms=False)
    markets.finance(market, 1, at=now - OLD)
    loan = _one_loan(market, now - OLD, accrued=now)
    _multiply(ground, report, loan, options.loans)
    row = report.row(f"close of day, {options.loans:,} loans", unit="loans/s")
    with report.progress(options.rounds) as step:
        for number in range(1, options.rounds + 1):
            step(f"day {number} of {options.rounds}")
            made = _close(ground, now + timedelta(days=number), options.loans)
            row.add(made)
            report.facts[f"seconds_day_{number}"] = round(made.seconds, 2)
    report.say("Checking every law of every ledger")
    broken = [finding for look in CHECKS.values() for finding in look()]
    install.disconnect()
    if broken:
        raise Trouble(f"{len(broken)} findings, the first: {broken[0]}.")


def _multiply(ground: Ground, report: Report, loan: Loan, loans: int) -> None:
    """So many loans in all, from the one; a part at a time, each a transaction."""
    clone = (files("heliu_bench") / "sql" / "clone_loans.sql").read_text().encode()
    parts = list(range(1, loans, PART))
    with ground.link() as link, report.progress(len(parts)) as step:
        for first in parts:
            last = min(first + PART, loans) - 1
            step(f"{last + 1:,} of {loans:,} open loans")
            for name, value in (("first", first), ("last", last), ("deal", loan.deal)):
                link.execute("select set_config(%s, %s, false)", [f"bench.{name}", str(value)])
            link.execute(clone)
        link.execute("vacuum analyze")


def _close(ground: Ground, at: datetime, loans: int) -> Round:
    meter, used = ground.meter(), time.process_time()
    meter.start()
    done = close_of_day(at=at, hands=2)  # as the worker does
    seconds, spent = meter.stop(generator=0.0)
    spent = Spent(time.process_time() - used, spent.postgres, 0.0)
    current = Loan.objects.filter(status__in=RUNNING, accrued_to=day_of(at)).count()
    if done != loans or current != loans:
        raise Trouble(f"Of {loans} loans {current} were brought up to {day_of(at)}.")
    # The rate is of loans; what was timed is the whole close.
    return Round(seconds, [seconds], spent, done=loans)


def _one_loan(market: markets.Market, at: datetime, *, accrued: datetime) -> Loan:
    """A financed order whose seller is paid, with interest posted up to a later day."""
    dealer = actor_for_token(market.tokens[0], at=at)
    lines = [(sku, PIECES) for sku in market.skus[:10]]
    with transaction.atomic():
        placed = place_order.place(
            actor=dealer, seller=market.seller, lines=lines, pay_by="FINANCE", at=at
        )
        if placed.loan is None or placed.loan.status != "QUOTED":
            raise Trouble("The bank did not quote; no loan can be made.")
        digest = placed.loan.agreement_digest
        signing.sign(placed.deal.id, actor=dealer, agreement_digest=digest, consent=True, at=at)
    talk_to_bank(at=lambda: at)
    loan = Loan.objects.get(pk=placed.loan.pk)
    if loan.status not in RUNNING:
        raise Trouble(f"The loan stopped at {loan.status}.")
    with transaction.atomic():
        [loan] = lending.locked([placed.deal.id])
        lending.accrue([loan], until=day_of(accrued), at=accrued)
        return loan
