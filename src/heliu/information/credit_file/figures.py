"""The file's figures as pages show them: each with how many rows it rests on, and which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext, gettext_noop

from heliu.capital.credit.features import CreditFeatures
from heliu.information.credit_file.evidence import Evidence
from heliu.kernel.clock import day_of

REFERENCES = 5
MONTHS = 24


@dataclass(frozen=True)
class Figure:
    """One figure. `unit` is fen, percent, days or count; `value` None: nothing shows it yet.

    `name` is the msgid of its label; `rows` is how many rows it rests on, `refs` the numbers of the
    newest of them.
    """

    code: str
    name: str
    value: int | None
    unit: str
    rows: int
    refs: tuple[str, ...]

    @property
    def label(self) -> str:
        """What it is, in the language active now."""
        return gettext(self.name)


@dataclass(frozen=True)
class Month:
    """What was bought and repaid in a calendar month, in fen; `start` is its first day."""

    start: date
    bought: int
    repaid: int


def figures_of(features: CreditFeatures, evidence: Evidence, *, at: datetime) -> tuple[Figure, ...]:
    """All figures of a file."""

    def within(days: int) -> list[str]:
        start = at - timedelta(days=days)
        return [order.number for order in evidence.orders if order.placed_at > start]

    everywhere = [order.number for order in (*evidence.orders, *evidence.elsewhere)]
    done = [order.number for order in evidence.orders if order.is_completed]
    loans = [loan.number for loan in evidence.loans]
    paid_off = [loan.number for loan in evidence.loans if loan.paid_off_on]
    running = [loan.number for loan in evidence.loans if loan.left]
    late = [bill.number for bill in evidence.bills] + paid_off
    rows: tuple[tuple[str, str, str, list[str]], ...] = (
        ("tenure_days", gettext_noop("Trading here for"), "days", within(731)[:1]),
        ("orders_30", gettext_noop("Orders, 30 days"), "count", within(30)),
        ("orders_90", gettext_noop("Orders, 90 days"), "count", within(90)),
        ("orders_365", gettext_noop("Orders, 365 days"), "count", within(365)),
        ("value_30", gettext_noop("Bought, 30 days"), "fen", within(30)),
        ("value_90", gettext_noop("Bought, 90 days"), "fen", within(90)),
        ("value_365", gettext_noop("Bought, 365 days"), "fen", within(365)),
        ("trend", gettext_noop("Change against the 90 days before"), "percent", within(180)),
        ("longest_gap_days", gettext_noop("Longest gap between orders"), "days", within(365)),
        ("volatility", gettext_noop("Unevenness of the months"), "percent", within(360)),
        (
            "seller_share",
            gettext_noop("Part bought from this seller"),
            "percent",
            everywhere,
        ),
        ("payments", gettext_noop("Bills and loans paid"), "count", late),
        ("on_time", gettext_noop("Paid on time"), "percent", late),
        ("mean_days_late", gettext_noop("Days late, mean"), "days", late),
        ("max_days_late", gettext_noop("Days late, longest"), "days", late),
        ("returns", gettext_noop("Damaged or missing goods"), "percent", done),
        ("facility_use", gettext_noop("Limit in use"), "percent", running),
        ("past_draws", gettext_noop("Loans so far"), "count", loans),
        ("clean_cycles", gettext_noop("Loans repaid in time, in a row"), "count", paid_off),
        ("draw_to_repay_days", gettext_noop("Days from pay-out to repayment"), "days", paid_off),
        ("exposure", gettext_noop("Principal owed"), "fen", running),
        ("overdue_now", gettext_noop("Principal overdue"), "fen", running),
    )
    return tuple(
        Figure(code, name, getattr(features, code), unit, len(refs), _newest(refs))
        for code, name, unit, refs in rows
    )


def months_of(evidence: Evidence, *, at: datetime) -> tuple[Month, ...]:
    """Twenty-four calendar months up to the present one, the oldest first."""
    last = day_of(at)
    count = last.year * 12 + last.month - 1
    keys = [divmod(count - back, 12) for back in range(MONTHS - 1, -1, -1)]
    bought = dict.fromkeys(keys, 0)
    repaid = dict.fromkeys(keys, 0)
    _add(bought, ((day_of(order.placed_at), order.total) for order in evidence.orders))
    for loan in evidence.loans:
        _add(repaid, loan.payments)
    return tuple(Month(date(key[0], key[1] + 1, 1), bought[key], repaid[key]) for key in keys)


def _add(sums: dict[tuple[int, int], int], amounts: Iterable[tuple[date, int]]) -> None:
    for day, amount in amounts:
        key = (day.year, day.month - 1)
        if key in sums:
            sums[key] += amount


def _newest(refs: list[str]) -> tuple[str, ...]:
    return tuple(reversed(refs[-REFERENCES:]))
