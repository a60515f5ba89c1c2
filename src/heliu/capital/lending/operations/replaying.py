"""Reckoning anew: what followed a day is reversed, and played again in the order of value days.

A payment may be known late, its value day may prove wrong, or it is taken back; the loan itself may
have been paid out on another day. Interest, penalty and what each later payment pays then
follow from what was owed on other days. So the journals of interest and of the borrower's payments
since that day are reversed, each on its own day, and the events played once more: every day then
says what it would have said, had all been known in order.

What others' money has settled stands (a refund, a sale, the margin, writing off), and so do closed
days: a payment of an earlier value day counts from there on. What was left over of a payment went
back to the borrower at once, so a replay never takes less as left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from heliu.capital.books import operations as books
from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Event
from heliu.capital.books.journals import loans as templates
from heliu.capital.books.journals.loans import Allocation
from heliu.capital.lending.events import PaymentsReckonedAnew
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus, PaidBy, Repayment, Replay
from heliu.capital.lending.operations.closing import reckon
from heliu.capital.lending.operations.common import event, tell
from heliu.capital.lending.policies import allocating, debt, offering
from heliu.capital.lending.policies.debt import Owed
from heliu.capital.lending.queries import parties_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import Standing

MONEY = ("accrued", "repaid")
PAID_OUT = {"disbursed": templates.disbursed, "paid_out": templates.paid_out}
PARTS = ("effective", "fee", "penalty", "interest", "principal", "unapplied", "replay")
SUMS = (
    "accrued_to", "interest_accrued", "principal_repaid", "interest_paid", "penalty_paid",
    "fee_paid", "unapplied", "replays",
)  # fmt: skip
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Why:
    """Why a loan is reckoned anew, and who said so; `told` is the value day that was named."""

    cause: str
    told: date
    actor: Actor
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Replayed:
    """What a replay did. `overpaid` is what more of earlier payments, by their key, is left over
    and is to go back; `owing` what is owed after the last payment, if there was one; `payment` is
    the one that was the cause."""

    replay: Replay
    payment: Repayment | None
    overpaid: dict[str, int]
    owing: Owed | None


@dataclass(frozen=True)
class Fixed:
    """What a replay of a loan leaves alone: the payments up to `stands`, and the days up to
    `closed_to` of the books of lender and borrower."""

    stands: date | None
    closed_to: date | None

    def counts_from(self, loan: Loan, told: date) -> date:
        """The day from which a payment of a value day counts."""
        return max(day for day in (told, loan.disbursed_on, self.stands) if day is not None)


def is_late(loan: Loan, repaid: Sequence[tuple[date, int]], effective: date) -> bool:
    """Whether something is posted that a payment of this value day comes before."""
    if loan.disbursed_on is None or loan.status not in (*RUNNING, LoanStatus.REPAID):
        return False
    posted = max([loan.accrued_to or effective, *(day for day, _ in repaid)])
    return effective < posted


def fixed(loan: Loan) -> Fixed:
    """What of a loan no replay changes: closed days, and what others' money has settled."""
    closed_to = posting.closed_to([loan.lender, loan.borrower])
    stands = ~Q(paid_by=PaidBy.BORROWER)
    if closed_to is not None:
        stands |= Q(effective__lte=closed_to)
    found = Repayment.objects.filter(stands, loan=loan).order_by("-effective")
    return Fixed(found.values_list("effective", flat=True).first(), closed_to)


def play(
    loan: Loan, payment: Repayment, day: date, limits: Fixed, why: Why, *, kept: int
) -> Replayed:
    """Reckon a locked loan anew with a payment, new or known, that counts from `day`; nothing of
    `kept`, which went back or is to go back, pays anything."""
    rows = list(Repayment.objects.filter(loan=loan).order_by("effective", "at", "id"))
    is_new = payment not in rows
    since = day if is_new else min(day, payment.effective)
    later = [
        row for row in rows if _place(row) > (since, payment.at, payment.pk) and row != payment
    ]
    known = later if is_new else [*later, payment]
    undone = _undone(loan, known, since=since, closed_to=limits.closed_to)
    before = {row.key: row.unapplied for row in known}
    for row in known:
        loan.count_unpaid(row)
    loan.interest_accrued -= sum(map(_interest, undone))
    loan.replays += 1
    replay = _remembered(loan, payment.key, day, len(undone), why)

    stands = [(row.effective, row.principal) for row in rows if row not in known]
    game = _Game(loan, replay, stands, _days(loan, since, limits.closed_to), limits.closed_to)
    payment.effective = day
    for row in sorted({*later, payment}, key=_place):
        game.pay(row, kept if row == payment else row.unapplied)
    game.finish()

    if is_new:
        payment.save(force_insert=True)
    for row in known:
        row.save(update_fields=PARTS)
    loan.save(update_fields=SUMS)
    books.post_all(game.events, reversing=undone, subject=loan.id, at=why.at)
    _tell(loan, replay, why)
    return Replayed(replay, payment, _overpaid(known, before), game.owing)


def play_paid_out(loan: Loan, day: date, limits: Fixed, why: Why) -> Replayed:
    """Reckon a locked loan anew that was paid out on `day`: its term, its interest and what each
    payment of its borrower paid. No payment may count from an earlier day."""
    rows = list(Repayment.objects.filter(loan=loan).order_by("effective", "at", "id"))
    was = loan.disbursed_on
    assert was is not None
    (out,) = posting.standing(loan.id, tuple(PAID_OUT), after=date.min)
    undone = [out, *_undone(loan, rows, since=min(day, was), closed_to=limits.closed_to)]
    before = {row.key: row.unapplied for row in rows}
    for row in rows:
        loan.count_unpaid(row)
    loan.interest_accrued -= sum(map(_interest, undone))
    loan.replays += 1
    loan.disbursed_on, loan.due_on = day, offering.due_day(loan.instrument, day, loan.days)
    loan.accrued_to = max(loan.accrued_to or day, day)
    replay = _remembered(loan, "", day, len(undone), why)

    game = _Game(loan, replay, [], _days(loan, day, limits.closed_to), limits.closed_to)
    entries = PAID_OUT[out.kind](parties_of(loan), loan.principal, draws=loan.draws)
    game.events.append(event(loan, out.kind, entries, key=str(replay.number), effective=day))
    for row in rows:
        game.pay(row, row.unapplied)
    game.finish()

    for row in rows:
        row.save(update_fields=PARTS)
    loan.save(update_fields=(*SUMS, "disbursed_on", "due_on"))
    books.post_all(game.events, reversing=undone, subject=loan.id, at=why.at)
    _tell(loan, replay, why)
    return Replayed(replay, None, _overpaid(rows, before), game.owing)


def _overpaid(rows: Sequence[Repayment], before: dict[str, int]) -> dict[str, int]:
    more = {row.key: row.unapplied - before[row.key] for row in rows}
    return {key: amount for key, amount in more.items() if amount}


def _tell(loan: Loan, replay: Replay, why: Why) -> None:
    fact = PaymentsReckonedAnew(
        subject=loan.id,
        number=loan.number,
        cause=why.cause,
        value_day=why.told,
        counts_from=replay.counts_from,
        entries=replay.entries,
        principal_left=loan.to_repay,
    )
    tell(loan, fact, actor=why.actor, at=why.at)


class _Game:
    """The events of a loan played once more, day by day."""

    def __init__(
        self,
        loan: Loan,
        replay: Replay,
        stands: list[tuple[date, int]],
        days: list[date],
        closed_to: date | None,
    ) -> None:
        self.loan, self.replay, self.repaid, self.days = loan, replay, stands, days
        self.first_open = closed_to + ONE_DAY if closed_to else date.min
        self.events: list[Event] = []

    def pay(self, row: Repayment, kept: int) -> None:
        """One payment, of which `kept` pays nothing; interest first, up to its day."""
        self._accrue(row.effective)
        loan, drawn = self.loan, self.loan.drawn
        paid = allocating.pay(loan, self.repaid, row.amount - kept, row.effective).allocation
        paid = replace(paid, unapplied=paid.unapplied + kept)
        _write(row, paid, self.replay)
        loan.count_paid(paid)
        loan.unapplied += paid.unapplied
        self.repaid.append((row.effective, paid.principal))
        until = max(row.effective, self.first_open, loan.accrued_to or row.effective)
        self.events += reckon(loan, self.repaid, until=until)
        entries = templates.repaid(parties_of(loan), paid, frees=drawn - loan.drawn)
        name = f"{row.key}:{self.replay.number}"
        self.events.append(event(loan, "repaid", entries, key=name, effective=row.effective))

    @property
    def owing(self) -> Owed | None:
        """What is owed after the last payment, if there was one."""
        return debt.owed(self.loan, self.repaid, self.repaid[-1][0]) if self.repaid else None

    def finish(self) -> None:
        """Interest up to the day to which it was posted before."""
        self._accrue(date.max)

    def _accrue(self, until: date) -> None:
        while self.days and self.days[0] <= until:
            self.events += reckon(self.loan, self.repaid, until=self.days.pop(0))


def _days(loan: Loan, since: date, closed_to: date | None) -> list[date]:
    """Up to which days interest is posted again, one by one, whenever it was posted before; the
    loan then stands at the day from which it is played."""
    first, last = max(since, closed_to or since), loan.accrued_to or since
    loan.accrued_to = min(since, last)
    return [first + ONE_DAY * n for n in range(1, (last - first).days + 1)]


def _undone(
    loan: Loan, payments: Sequence[Repayment], *, since: date, closed_to: date | None
) -> list[Standing]:
    """The journals to be reversed: interest posted for days since, and those of the payments."""
    keys = {row.key for row in payments}
    open_since = max(since, closed_to or since)
    return [
        one
        for one in posting.standing(loan.id, MONEY, after=since - ONE_DAY)
        if (one.effective > open_since if one.kind == "accrued" else _payment(one) in keys)
    ]


def _payment(one: Standing) -> str:
    """The key of the payment a journal is of; a replay's own has its number behind it."""
    return one.key.split(":")[3]


def _interest(one: Standing) -> int:
    """The interest a journal posted; nothing of a payment's."""
    if one.kind != "accrued":
        return 0
    return sum(amount for _, key, amount in one.lines if f":{Code.INTEREST_RECEIVABLE}:" in key)


def _remembered(loan: Loan, key: str, day: date, entries: int, why: Why) -> Replay:
    return Replay.objects.create(
        id=new_id(),
        loan=loan,
        borrower=loan.borrower,
        lender=loan.lender,
        number=loan.replays,
        cause=why.cause,
        key=key,
        value_day=why.told,
        counts_from=day,
        entries=entries,
        reason=why.reason.strip()[:300],
        by_name=why.actor.name,
        at=why.at,
    )


def _write(row: Repayment, paid: Allocation, replay: Replay) -> None:
    row.fee, row.penalty, row.interest = paid.fee, paid.penalty, paid.interest
    row.principal, row.unapplied, row.replay = paid.principal, paid.unapplied, replay


def _place(row: Repayment) -> tuple[date, datetime, UUID]:
    """Where a payment stands among the others of its loan."""
    return row.effective, row.at, row.pk
