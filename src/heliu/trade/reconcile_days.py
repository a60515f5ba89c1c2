"""Comparing with the bank, day by day, once a day has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from heliu.capital.bank import operations as bank
from heliu.capital.bank import queries as payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of

BACK = 14


def reconcile_days(*, at: datetime) -> int:
    """Compare the ended days of the last two weeks that were not compared yet; for the worker.

    A day on which an entry or a balance differed is compared again each time, until the bank has
    put its statement right or we have heard what it had booked. Returns how many statements were
    fetched.
    """
    today, system = day_of(at), Actor.system()
    since = today - timedelta(days=BACK)
    kept = payments.statements(system).filter(day__gte=since)
    untied = kept.exclude(closing=F("shadow")).values_list("day", flat=True)
    differed = payments.differences(system).filter(statement__day__gte=since)
    agreed = set(kept.values_list("day", flat=True)) - {
        *untied,
        *differed.values_list("statement__day", flat=True),
    }
    ended = (today - timedelta(days=back) for back in range(BACK, 0, -1))
    return sum(len(bank.reconcile_day(day, at)) for day in ended if day not in agreed)
