"""Comparing with the bank, day by day, once a day has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from heliu.capital.bank import operations as bank
from heliu.capital.bank import queries as payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of

BACK = 14


def reconcile_days(*, at: datetime) -> int:
    """Compare the ended days of the last two weeks that were not compared yet; for the worker.

    Returns how many statements were fetched. A day is done once: what the bank books into it later
    is found by comparing it again by hand.
    """
    today, system = day_of(at), Actor.system()
    fetched = 0
    for back in range(BACK, 0, -1):
        day = today - timedelta(days=back)
        if not payments.statements(system).filter(day=day).exists():
            fetched += len(bank.reconcile_day(day, at))
    return fetched
