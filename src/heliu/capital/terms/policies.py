"""Pure decisions of trade credit: days, discount, interest, ageing, allotment, ladder, stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from heliu.capital.interest import (
    Convention,
    Segment,
    accrued,
    add_months,
    following,
    interest,
)
from heliu.capital.terms.models import DueRule, Invoice, InvoiceStatus, LevelKind, Stop, Terms
from heliu.kernel.money import share

CONVENTION = Convention.ACT_360
# After the due day, in days; what is not due yet comes first.
BUCKETS: tuple[tuple[int, int | None], ...] = ((1, 30), (31, 60), (61, 90), (91, None))


def rule_choices() -> tuple[tuple[str, str], ...]:
    """From what a due day may be counted, in the reader's language."""
    return tuple((value, str(label)) for value, label in DueRule.choices)


def level_choices() -> tuple[tuple[str, str], ...]:
    """What a step of the ladder may do, in the reader's language."""
    return tuple((value, str(label)) for value, label in LevelKind.choices)


class Agreed(Protocol):
    """Terms as far as days are counted by them."""

    @property
    def rule(self) -> str: ...
    @property
    def days(self) -> int: ...
    @property
    def rolls(self) -> bool: ...


def due_on(terms: Agreed, issued: date) -> date:
    """The day on which what was sent on `issued` is due.

    Net: so many days after; month's end: so many days after the end of that month; day of month:
    that day of the month after. With `rolls`, a day off becomes the next working day.
    """
    match terms.rule:
        case DueRule.NET:
            day = issued + timedelta(days=terms.days)
        case DueRule.MONTH_END:
            month_end = add_months(issued.replace(day=1), 1) - timedelta(days=1)
            day = month_end + timedelta(days=terms.days)
        case _:
            day = add_months(issued.replace(day=1), 1).replace(day=terms.days)
    return following(day) if terms.rolls else day


class Divided(Agreed, Protocol):
    """Terms as far as a sum is divided by them."""

    @property
    def part_days(self) -> Sequence[int]: ...
    @property
    def part_shares(self) -> Sequence[int]: ...


@dataclass(frozen=True)
class _After:
    """The same rule, after other days."""

    rule: str
    days: int
    rolls: bool


class Instalment(NamedTuple):
    """A part of what is owed, in fen, and the day on which it is due."""

    amount: int
    due_on: date


def instalments(terms: Divided, amount: int, issued: date) -> list[Instalment]:
    """How a sum that is owed since `issued` falls due: each part rounded down to the fen, the last
    has the rest; what comes to nothing is no part."""
    if not terms.part_days:
        return [Instalment(amount, due_on(terms, issued))]
    sums = [amount * percent // 100 for percent in terms.part_shares]
    sums[-1] += amount - sum(sums)
    days = [due_on(_After(terms.rule, after, terms.rolls), issued) for after in terms.part_days]
    return [Instalment(*one) for one in zip(sums, days, strict=True) if one[0]]


def discount_of(amount: int, percent: Decimal) -> int:
    """What of an amount need not be paid by whoever pays early."""
    return share(amount, percent / 100)


class Item(Protocol):
    """An invoice as far as a payment is allotted to it."""

    @property
    def left(self) -> int: ...

    disputed: int
    discount: Decimal
    discount_until: date | None


class Allotted(NamedTuple):
    """What of a payment goes to an invoice, and the discount that its being early gives."""

    amount: int
    discount: int


def allot(amount: int, items: Sequence[Item], *, on: date, named: bool = False) -> list[Allotted]:
    """Share a payment out over open invoices, in their order; what is over settles nothing.

    The discount is taken where the payment, by its day, is early and settles the invoice whole. A
    disputed part is left alone, unless the buyer named what it pays.
    """
    shares = []
    for item in items:
        owed = item.left if named else item.left - item.disputed
        off = 0
        if item.discount_until and on <= item.discount_until and owed == item.left:
            off = discount_of(owed, item.discount)
        if amount < owed - off:
            off = 0
        paid = min(amount, owed - off)
        shares.append(Allotted(paid, off if paid else 0))
        amount -= paid
    return shares


def late_interest(invoice: Invoice, paid: Iterable[tuple[date, int]], until: date) -> int:
    """The interest on what was paid after the due day, up to `until`, in fen.

    `paid` are (value day, amount) of all that made the invoice smaller.
    """
    if not invoice.late_rate or until <= invoice.due_on:
        return 0
    left, segments, since = invoice.amount, [], invoice.due_on
    for day, amount in sorted(paid):
        stop = min(max(day, invoice.due_on), until)
        if since < stop and left:
            segments.append(Segment(since, stop, left, invoice.late_rate))
        left, since = left - amount, max(since, stop)
    if since < until and left:
        segments.append(Segment(since, until, left, invoice.late_rate))
    return accrued(segments, CONVENTION)


def per_day(invoice: Invoice) -> int:
    """What another day costs, once the invoice is late."""
    day = invoice.due_on
    return interest(invoice.left, invoice.late_rate, day, day + timedelta(days=1), CONVENTION)


def status_of(invoice: Invoice, on: date) -> InvoiceStatus:
    """How an invoice stands by its amounts and the day."""
    if not invoice.left:
        return InvoiceStatus.WRITTEN_OFF if invoice.written_off else InvoiceStatus.PAID
    if invoice.disputed:
        return InvoiceStatus.DISPUTED
    if invoice.due_on < on:
        return InvoiceStatus.OVERDUE
    is_touched = invoice.left < invoice.amount
    return InvoiceStatus.PART_PAID if is_touched else InvoiceStatus.OPEN


def bucket_of(due: date, on: date) -> int:
    """The place of a due day among the ages: 0 is not due, 1 and on as in `BUCKETS`."""
    late = (on - due).days
    if late <= 0:
        return 0
    return next(place for place, (_, most) in enumerate(BUCKETS, 1) if most is None or late <= most)


class Level(NamedTuple):
    """A step of the ladder: so many days after the due day, and what it does."""

    days: int
    kind: str


# What holds for a seller that has no ladder of its own.
LADDER = (
    Level(-3, LevelKind.REMIND),
    Level(1, LevelKind.REMIND),
    Level(7, LevelKind.REMIND),
    Level(15, LevelKind.REMIND),
    Level(30, LevelKind.STOP),
    Level(60, LevelKind.CLAIM),
)


def level_due(ladder: Sequence[Level], due: date, reminded: int | None, on: date) -> Level | None:
    """The highest step that has come by a day and was not taken; None when there is none."""
    late = (on - due).days
    come = [one for one in ladder if one.days <= late and (reminded is None or one.days > reminded)]
    return max(come, default=None)


def next_look(
    ladder: Sequence[Level], due: date, reminded: int | None, grace_days: int, on: date
) -> date | None:
    """The next day after `on` on which time alone changes something: it falls late, a step of the
    ladder comes, grace ends."""
    days = [
        1,
        grace_days + 1,
        *(one.days for one in ladder if reminded is None or one.days > reminded),
    ]
    ahead = (due + timedelta(days=late) for late in days)
    return min((day for day in ahead if day > on), default=None)


@dataclass(frozen=True)
class Late:
    """What is open and not disputed of an invoice that is late, as far as orders may stop for it.

    `is_stopping` when a step of the ladder that stops orders was taken.
    """

    due_on: date
    left: int
    is_stopping: bool


def stop_of(terms: Terms, late: Iterable[Late], on: date) -> str:
    """Why orders on terms are stopped on a day; empty when they pass."""
    if terms.stop == Stop.HAND:
        return Stop.HAND
    if terms.passes_until and on <= terms.passes_until:
        return ""
    too_late = sum(
        one.left for one in late if one.is_stopping or (on - one.due_on).days > terms.grace_days
    )
    return Stop.OVERDUE if too_late > terms.tolerance else ""


def loss_of(aged: Sequence[int], rates: Sequence[Decimal]) -> int:
    """The loss to be expected: what is open in each age times how much of it is lost as a rule."""
    return sum(share(minor, rate / 100) for minor, rate in zip(aged, rates, strict=True))


# Of what is open in each age so much is lost as a rule, in per cent: where a seller begins.
LOSS = tuple(Decimal(text) for text in ("0.5", "2", "10", "25", "60"))


MOST_TO_COMBINE = 16


def fits(amount: int, lefts: Sequence[int]) -> list[int] | None:
    """The places of the only open amounts that an amount pays exactly: one of them, all of them, or
    the one choice of a few. None when there is none, or more than one."""
    exact = [[place] for place, left in enumerate(lefts) if left == amount]
    if len(exact) == 1:
        return exact[0]
    if exact or not lefts:
        return None
    if sum(lefts) == amount:
        return list(range(len(lefts)))
    return _only_choice(amount, lefts) if len(lefts) <= MOST_TO_COMBINE else None


def _only_choice(amount: int, lefts: Sequence[int]) -> list[int] | None:
    """The only set of places that sums to an amount; None when there are several or none."""
    reached: dict[int, list[int] | None] = {0: []}  # None: in more than one way
    for place, left in enumerate(lefts):
        for total, places in list(reached.items()):
            if (then := total + left) <= amount:
                is_only = then not in reached and places is not None
                reached[then] = [*places, place] if is_only and places is not None else None
    return reached.get(amount)
