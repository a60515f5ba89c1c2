"""What the worker does: talk to the bank for a deal, sweep, and close the day."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from heliu.capital.books import operations as books
from heliu.kernel import clock
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.exported import HEADS, export_heads
from heliu.trade import (
    asks,
    bank_answers,
    cases,
    close_of_day,
    confirming,
    incoming,
    joining,
    ledger_checks,
    pool_rounds,
    recurring,
    sweeper,
    tiers,
    vat,
)


@app.task(name="trade.bank_work", queue="bank")
def bank_work(deal: str = "") -> None:
    """Hand over what is written for the bank and go on with what it answers.

    `deal` is the one that woke the worker, for the log; empty when the bank spoke first.
    """
    bank_answers.talk_to_bank(at=clock.now)


@app.periodic(cron="* * * * * */5")
@app.task(name="trade.sweep", queue="sweep", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Drive what waits too long: lost answers, quotes that ran out, deals a crash left behind."""
    sweeper.sweep(at=clock.now())


@app.task(name="trade.newcomers", queue="joining")
def newcomers() -> None:
    """Verify newcomers and relate those that are admitted to their sellers, at once."""
    joining.run(at=clock.now())
    asks.carry_out(at=clock.now())
    tiers.run(at=clock.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="trade.joining", queue="joining", queueing_lock="joining")
def join(timestamp: int) -> None:
    """The same for whoever waits: a register that was silent, a call that was lost."""
    joining.run(at=clock.now())
    asks.carry_out(at=clock.now())
    tiers.run(at=clock.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="trade.confirm", queue="sweep", queueing_lock="confirm")
def confirm_by_tier(timestamp: int = 0) -> None:
    """Confirm the orders on terms that the tiers of their customers let pass."""
    confirming.run(at=clock.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="trade.vat", queue="sweep", queueing_lock="vat")
def issue_vat(timestamp: int = 0) -> None:
    """Hand VAT invoices over to the tax authority and hear its answers."""
    vat.run(at=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="trade.deposits", queue="sweep", queueing_lock="deposits")
def take_in_deposits(timestamp: int = 0) -> None:
    """Read what dealers pay in themselves, and go on with its deal: each minute where a deposit is
    awaited, everywhere when a person has said what money is for."""
    incoming.take_in_deposits(at=clock.now(), awaited_only=bool(timestamp))


@app.periodic(cron="* * * * *")
@app.task(name="trade.cases", queue="sweep", queueing_lock="cases")
def remind_of_cases(timestamp: int = 0) -> None:
    """Remind sellers of what they promised about cases."""
    with transaction.atomic():
        cases.remind(at=clock.now())


@app.periodic(cron="* * * * * */2")
@app.task(name="posting.seal", queue="seal", queueing_lock="seal")
def seal(timestamp: int) -> None:
    """Chain the ledger lines that are final, keep the heads outside the database, and sum up what
    was sealed."""
    if posting.seal(clock.now()):
        export_heads(settings.DATA / HEADS)
        books.sum_up()


@app.periodic(cron="*/15 * * * *")
@app.task(name="trade.prices", queue="sweep", queueing_lock="prices")
def fetch_prices(timestamp: int = 0) -> None:
    """Ask what the goods of pools cost, and value the pools anew."""
    pool_rounds.fetch_prices(at=clock.now())


@app.periodic(cron="5 * * * *")
@app.task(name="trade.close_of_day", queue="sweep", queueing_lock="close_of_day")
def close_the_day(timestamp: int) -> None:
    """Interest, due dates, arrears, comparisons up to today; again, it changes nothing."""
    close_of_day.close_of_day(at=clock.now(), hands=2)


@app.periodic(cron="*/5 * * * *")
@app.task(name="trade.recurring", queue="sweep", queueing_lock="recurring")
def place_recurring(timestamp: int = 0) -> None:
    """Order what comes back by itself and is due today."""
    recurring.place_due(at=clock.now())


@app.periodic(cron="*/15 * * * *")
@app.task(name="trade.check_ledgers", queue="checks", queueing_lock="check_ledgers")
def check_ledgers(timestamp: int = 0) -> None:
    """Every law over the whole database; what is found is told to the operators."""
    ledger_checks.check_ledgers(at=clock.now())
