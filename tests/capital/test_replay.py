"""Payments known late, with another value day, or taken back: every day's books are those of a
fresh reckoning in the order of value days, by a reference that shares nothing with the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.capital.test_lending import (
    AT,
    DAY,
    DEALER,
    LENDER,
    PRINCIPAL,
    desk,
    facility,
    operations,
    running,
    sound,
    trial,
)

from heliu.capital.books import periods
from heliu.capital.books.models import Late, Period
from heliu.capital.credit.models import Facility
from heliu.capital.lending.models import Loan, LoanStatus, Reckoned, Repayment, Replay
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.models import Journal

__all__ = ["facility"]
OFFICER = desk(LENDER, "decide", "override")
FEE = 500_00
RATE, FACTOR, TERM, GRACE = Fraction("5.4"), Fraction("1.5"), 90, 3
LOANS = ("loan_principal", "interest_receivable", "unapplied", "limit_used")


# The reference: day by day, in exact fractions, from nothing but what came when.


@dataclass
class Payment:
    """What came: its value day, its turn among those of one day, and what of it went back."""

    day: int
    turn: int
    amount: int
    back: int = 0
    parts: Counter[str] = field(default_factory=Counter)


def rounded(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


@dataclass
class Reference:
    """One loan of `PRINCIPAL`, reckoned from its first day on."""

    is_principal_first: bool = False
    payments: list[Payment] = field(default_factory=list)
    posted: set[int] = field(default_factory=set)  # days up to which interest was posted
    start: int = 0  # the day on which it was paid out

    @property
    def accrued_to(self) -> int:
        """The last day up to which interest was posted; a payment posts it up to its own."""
        return max([self.start, *self.posted, *(payment.day for payment in self.payments)])

    def replay(self, since: int) -> None:
        """From a day on interest was posted again, day by day."""
        self.posted |= {*range(since + 1, self.accrued_to + 1)}

    def send_back(self) -> None:
        """What is left over goes back to the dealer at once, and stays there."""
        list(self.play(max(payment.day for payment in self.payments)))
        for payment in self.payments:
            payment.back = payment.parts["over"]

    def play(self, last: int) -> Iterator[tuple[int, Counter[str]]]:
        """What stands at the end of each day."""
        left, fee, waits, term = 0, FEE, 0, self.start + TERM
        interest = penalty = Fraction(0)
        got: Counter[str] = Counter()
        in_grace: list[int] = []
        accrued = 0
        per_day = RATE / 100 / 360
        for day in range(last + 1):
            if day == self.start:
                left = PRINCIPAL
            due = sorted((p for p in self.payments if p.day == day), key=lambda p: p.turn)
            for payment in due:
                wanted = {
                    "fee": fee - got["fee"],
                    "penalty": max(0, rounded(penalty) - got["penalty"]),
                    "interest": max(0, rounded(interest) - got["interest"]),
                    "principal": left,
                }
                order = ["fee", "penalty", "interest", "principal"]
                if self.is_principal_first and day < term:
                    order = ["fee", "penalty", "principal", "interest"]
                rest = payment.amount - payment.back
                payment.parts = Counter()
                for name in order:
                    paid = min(rest, wanted[name])
                    payment.parts[name] += paid
                    rest -= paid
                payment.parts["over"] = rest + payment.back
                got += payment.parts
                left -= payment.parts["principal"]
                waits += payment.parts["over"]
            if day in self.posted or due:
                accrued = rounded(interest)
            yield (
                day,
                Counter(
                    loan_principal=left,
                    interest_receivable=accrued - got["interest"],
                    interest_income=-accrued,
                    penalty_income=-got["penalty"],
                    fee_income=-got["fee"],
                    unapplied=-waits,
                    limit_used=left,
                    limit_offset=-left,
                ),
            )
            if day < term + GRACE:
                interest += left * per_day
                if day >= term:
                    in_grace.append(left)
            else:
                if in_grace:  # grace is lost: its days cost the factor too
                    penalty += sum(min(was, left) for was in in_grace) * per_day * (FACTOR - 1)
                    in_grace = []
                penalty += left * per_day * FACTOR


def test_the_reference_knows_the_simplest_case() -> None:
    stands = dict(Reference(posted={30}).play(30))
    assert stands[30]["interest_receivable"] == 3_600_00


# The product.


def booked(loan: Loan, org: object, last: int) -> dict[int, Counter[str]]:
    """What stands in a book for the loan at the end of each day, from its lines alone."""
    by_day: dict[date, Counter[str]] = {}
    for row in posting.lines_of(loan.id):
        _, book, code, *_ = row.key.split(":")
        if book == str(org):
            by_day.setdefault(row.effective, Counter())[code] += row.amount
    stands, found = Counter[str](), {}
    for day in range(last + 1):
        stands.update(by_day.get(DAY + timedelta(days=day), {}))
        found[day] = Counter(stands)
    return found


def agree(loan: Loan, reference: Reference, last: int) -> None:
    """Every day in the lender's book is the reference's, and the dealer's says the same."""
    lender, dealer = booked(loan, LENDER, last), booked(loan, DEALER, last)
    for day, wanted in reference.play(last):
        for code, amount in wanted.items():
            assert lender[day][code] == amount, (day, code)
        assert dealer[day]["loan_payable"] == -lender[day]["loan_principal"]
        assert dealer[day]["interest_payable"] == -lender[day]["interest_receivable"]
        assert dealer[day]["unapplied"] == -lender[day]["unapplied"]
    for payment in reference.payments:
        row = Repayment.objects.get(loan=loan, key=str(payment.turn))
        kept = (row.effective, row.fee, row.penalty, row.interest, row.principal, row.unapplied)
        said = payment.parts
        assert kept == (
            DAY + timedelta(days=payment.day),
            *(said[name] for name in ("fee", "penalty", "interest", "principal", "over")),
        )


amounts = st.one_of(
    st.integers(1, 5_000_00), st.integers(1, 300_000_00), st.integers(600_000_00, 900_000_00)
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("close"), st.integers(0, 30), st.just(0)),
        st.tuples(st.just("pay"), st.integers(0, 45), amounts),
        st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 60)),
        st.tuples(st.just("take back"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("paid out"), st.integers(0, 12), st.just(0)),
    ),
    min_size=2,
    max_size=9,
)
Act = tuple[str, int, int]


@settings(
    max_examples=max(25, settings().max_examples // 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts, st.booleans())
@example([("close", 30, 0), ("pay", 0, 900_000_00), ("pay", 10, 500_000_00)], False)
@example([("close", 30, 0), ("pay", 0, 900_000_00), ("paid out", 9, 0), ("paid out", 2, 0)], False)
@example([("close", 5, 0), ("paid out", 5, 0), ("close", 99, 0), ("paid out", 1, 0)], False)
@example([("close", 30, 0)] * 4 + [("pay", 20, 1_000_00), ("pay", 60, 700_000_00)], True)
def test_the_books_are_those_of_a_fresh_reckoning(
    facility: Facility, life: list[Act], is_principal_first: bool
) -> None:
    with transaction.atomic():
        loan = running(facility)
        Loan.objects.filter(pk=loan.pk).update(is_principal_first=is_principal_first, fee=FEE)
        loan.refresh_from_db()
        reference, today = Reference(is_principal_first), 0
        for act in life:
            today = play(loan, reference, act, today)
            agree(loan, reference, today)
            assert Repayment.objects.filter(loan=loan).count() == len(reference.payments)
        owes = any(
            stands["loan_principal"] or stands["interest_receivable"]
            for day, stands in reference.play(today)
            if day == today
        )
        assert (loan.status == LoanStatus.REPAID) <= (not owes)
        sound()
        posting.seal(AT)
        assert posting.verify() == []
        transaction.set_rollback(True)


def play(loan: Loan, reference: Reference, act: Act, today: int) -> int:
    """One act on product and reference; returns the day it is."""
    what, number, more = act
    payments = reference.payments
    if what == "close":
        today += number
        if loan.status in ("SELLER_PAID", "OVERDUE"):
            if DAY + timedelta(days=today) > (loan.accrued_to or DAY):
                reference.posted.add(today)
            operations.accrue([loan], until=DAY + timedelta(days=today), at=AT)
            operations.mark_overdue([loan], on=DAY + timedelta(days=today), at=AT)
    elif what == "pay":
        day = max(reference.start, today - number)
        new = Payment(day, len(payments), more)
        if day < reference.accrued_to:
            reference.replay(day)
        payments.append(new)
        done = operations.repaid(
            loan, amount=more, key=str(new.turn), effective=DAY + timedelta(days=day),
            at=AT + timedelta(seconds=new.turn),
        )  # fmt: skip
        reference.send_back()
        assert done.replayed is None or done.replayed.replay.counts_from == DAY + timedelta(
            days=day
        )
    elif what == "paid out":
        paid_out_on(loan, reference, min(number, today))
    elif payments:
        payment = payments[number % len(payments)]
        key = str(payment.turn)
        reference.posted.add(payment.day)  # interest was posted up to its day
        if what == "correct":
            day = max(reference.start, min(more, today))
            operations.correct_value_day(
                loan, key=key, value_day=DAY + timedelta(days=day), reason="The bank says so.",
                actor=OFFICER, at=AT + timedelta(days=400),
            )  # fmt: skip
            if day != payment.day:
                reference.replay(min(day, payment.day))
            payment.day = day
        else:
            operations.take_back(loan, key=key, reason="Another's money.", actor=OFFICER, at=AT)
            if payment.back < payment.amount:
                reference.replay(payment.day)
            payment.back = payment.amount
        reference.send_back()
    return today


def paid_out_on(loan: Loan, reference: Reference, day: int) -> None:
    """The bank says another day on which it paid the loan out; not after a payment that counts."""
    said = {"value_day": at_day(day), "reason": "The bank says so.", "actor": OFFICER}
    if any(payment.day < day for payment in reference.payments):
        with pytest.raises(Refused, match="paid-before"):
            operations.correct_pay_out(loan, at=AT + timedelta(days=400), **said)
    elif day != reference.start:
        operations.correct_pay_out(loan, at=AT + timedelta(days=400), **said)
        last = reference.accrued_to
        reference.start = day
        reference.posted = {*range(day + 1, last + 1)}
        if reference.payments:
            reference.send_back()
    else:
        assert operations.correct_pay_out(loan, at=AT + timedelta(days=400), **said) is None


# What else a replay holds.


def at_day(day: int) -> date:
    return DAY + timedelta(days=day)


def test_nothing_is_edited_and_each_reversal_names_what_it_reverses(facility: Facility) -> None:
    loan = running(facility)
    operations.accrue([loan], until=at_day(30), at=AT)
    before = {line.line for line in posting.lines_of(loan.id)}
    operations.repaid(loan, amount=400_000_00, key="late", effective=at_day(10), at=AT)
    assert before < {line.line for line in posting.lines_of(loan.id)}
    told = Replay.objects.get(loan=loan)
    assert (told.cause, told.entries, told.counts_from) == ("LATE", 1, at_day(10))
    (back,) = Journal.objects.filter(subject=loan.id, kind="reversed")
    was = Journal.objects.get(pk=back.reverses)
    assert (was.kind, was.effective, back.effective) == ("accrued", at_day(30), at_day(30))
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Repayment.objects.update(principal=1)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Replay.objects.update(reason="another")
    sound()


def test_what_a_payment_paid_before_is_kept(facility: Facility) -> None:
    loan = running(facility)
    operations.repaid(loan, amount=3_600_00, key="interest", effective=at_day(30), at=AT)
    operations.repaid(loan, amount=400_000_00, key="late", effective=at_day(0), at=AT)
    was = Reckoned.objects.get(repayment__key="interest")
    assert (was.interest, was.principal) == (3_600_00, 0)
    now = Repayment.objects.get(loan=loan, key="interest")
    assert (now.interest, now.principal) == (1_800_00, 1_800_00)


def test_a_loan_runs_on_when_its_last_payment_is_taken_back(facility: Facility) -> None:
    loan = running(facility)
    everything = operations.owed(loan, at_day(30)).total
    operations.repaid(loan, amount=everything, key="all", effective=at_day(30), at=AT)
    assert loan.status == LoanStatus.REPAID
    back = operations.take_back(loan, key="all", reason="For another loan.", actor=OFFICER, at=AT)
    assert back is not None
    assert back.overpaid == {"all": everything}
    assert (loan.status, loan.unapplied) == (LoanStatus.SELLER_PAID, everything)
    assert trial()["lender"]["loan_principal"] == PRINCIPAL
    again = operations.take_back(loan, key="all", reason="Again.", actor=OFFICER, at=AT)
    assert again is None
    sound()


def test_others_money_stands(facility: Facility) -> None:
    loan = running(facility)
    operations.repaid(loan, amount=1_000_00, key="first", effective=at_day(5), at=AT)
    operations.seller_refunded(loan, amount=50_000_00, key="refund", effective=at_day(20), at=AT)
    done = operations.repaid(loan, amount=100_000_00, key="late", effective=at_day(10), at=AT)
    assert done.replayed is not None
    assert done.replayed.replay.counts_from == at_day(20)
    with pytest.raises(Refused, match="settled-since"):
        operations.take_back(loan, key="first", reason="No.", actor=OFFICER, at=AT)
    sound()


def test_who_may_say_that_a_payment_was_another(facility: Facility) -> None:
    loan = running(facility)
    operations.repaid(loan, amount=1_000_00, key="k", effective=at_day(5), at=AT)
    said = {"key": "k", "reason": "So.", "at": AT + timedelta(days=9)}
    with pytest.raises(Forbidden):
        operations.take_back(loan, actor=desk(LENDER, "decide"), **said)
    with pytest.raises(Invalid, match="reason"):
        operations.take_back(loan, actor=OFFICER, **{**said, "reason": " "})
    with pytest.raises(Invalid, match="day-to-come"):
        operations.correct_value_day(loan, value_day=at_day(10), actor=OFFICER, **said)
    with pytest.raises(Invalid, match="before-the-loan"):
        operations.correct_value_day(loan, value_day=at_day(-1), actor=OFFICER, **said)


def test_news_of_a_closed_day_is_booked_on_the_first_open_one(facility: Facility) -> None:
    loan = running(facility)
    for day in (10, 20, 28, 29, 35):
        if day == 20:
            operations.repaid(loan, amount=5_000_00, key="known", effective=at_day(20), at=AT)
        operations.accrue([loan], until=at_day(day), at=AT)
    november = Period.objects.create(org=LENDER, first=date(2026, 11, 1), last=date(2026, 11, 30))
    periods.close(november, actor=OFFICER, at=AT)
    closed = booked(loan, LENDER, 28)

    done = operations.repaid(loan, amount=400_000_00, key="late", effective=at_day(25), at=AT)
    assert done.replayed is not None
    assert done.replayed.replay.counts_from == at_day(25)
    assert booked(loan, LENDER, 28) == closed
    moved = Late.objects.get()
    assert (moved.value_day, set(moved.orgs)) == (at_day(25), {LENDER, DEALER})
    entry = Journal.objects.get(pk=moved.journal)
    assert (entry.kind, entry.effective) == ("repaid", date(2026, 12, 1))
    # 20 days on 800,000, 5 on 797,400, 10 on the rest: that of the true days all the same.
    assert (loan.principal_repaid, loan.interest_accrued) == (402_001_95, 3_595_05)
    sound()

    early = operations.repaid(loan, amount=1_000_00, key="early", effective=at_day(3), at=AT)
    assert early.replayed is not None
    assert early.replayed.replay.counts_from == at_day(25)  # what stands was shared out before
    with pytest.raises(Refused, match="day-closed"):
        operations.take_back(loan, key="known", reason="No.", actor=OFFICER, at=AT)
    sound()


def test_term_and_interest_run_from_the_day_it_was_really_paid_out(facility: Facility) -> None:
    loan = running(facility)
    operations.accrue([loan], until=at_day(30), at=AT)
    said = {"reason": "The bank's statement says so.", "actor": OFFICER}
    done = operations.correct_pay_out(loan, value_day=at_day(3), at=AT + timedelta(days=31), **said)
    assert done is not None
    assert (done.replay.cause, done.replay.key, done.payment) == ("PAID_OUT", "", None)
    assert (loan.disbursed_on, loan.due_on) == (at_day(3), at_day(3 + TERM))
    assert loan.interest_accrued == rounded(PRINCIPAL * RATE / 100 * 27 / 360)
    (out,) = Journal.objects.filter(subject=loan.id, kind="disbursed", effective=at_day(3))
    assert Journal.objects.filter(kind="reversed", effective=at_day(0)).count() == 1
    assert out.effective == at_day(3)
    sound()
    with pytest.raises(Invalid, match="day-to-come"):
        operations.correct_pay_out(loan, value_day=at_day(1), at=AT, **said)
    with pytest.raises(Invalid, match="before-signed"):
        operations.correct_pay_out(loan, value_day=at_day(-1), at=AT, **said)
    with pytest.raises(Forbidden):
        operations.correct_pay_out(
            loan, value_day=at_day(0), reason="So.", actor=desk(LENDER, "decide"), at=AT
        )
    november = Period.objects.create(org=LENDER, first=date(2026, 11, 1), last=date(2026, 11, 30))
    periods.close(november, actor=OFFICER, at=AT)
    with pytest.raises(Refused, match="day-closed"):
        operations.correct_pay_out(loan, value_day=at_day(0), at=AT, **said)
