"""Comparing with the bank, day by day, once a day has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from heliu.capital.bank import operations as bank
from heliu.kernel.clock import day_of

BACK = 14


def reconcile_days(*, at: datetime) -> int:
    """Compare the ended days of the last two weeks, account by account; for the worker.

    An account's day on which an entry or the balance differed is compared again each time, until
    the bank has put its statement right or we have heard what it had booked; so is one of which the
    bank had nothing to say yet. Returns how many statements were fetched.
    """
    today = day_of(at)
    ended = (today - timedelta(days=back) for back in range(BACK, 0, -1))
    return sum(len(bank.reconcile_day(day, at, only_open=True)) for day in ended)
