"""Loans whose deposit stays as margin, and bills: money, limit and books whatever happens."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.capital.test_lending import (
    AT,
    DAY,
    DEALER,
    DEPOSIT,
    LENDER,
    LIMIT,
    PRINCIPAL,
    TOTAL,
    facility,
    line,
    signed,
    sound,
    trial,
)
from tests.examples import examples

from heliu.capital.books import operations as books
from heliu.capital.credit.models import (
    DepositMode,
    Facility,
    Instrument,
    Programme,
    ReleaseMode,
)
from heliu.capital.lending import operations
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.kernel.errors import Refused

__all__ = ["facility"]

MARGIN: dict[str, object] = {
    "deposit_mode": DepositMode.CASH_MARGIN,
    "instrument": Instrument.LOAN,
    "release_mode": ReleaseMode.PROPORTIONAL,
    "fee_rate": Decimal(0),
}
BILL: dict[str, object] = {
    **MARGIN,
    "instrument": Instrument.ACCEPTANCE_BILL,
    "release_mode": ReleaseMode.DEPOSIT_FIRST,
    "fee_rate": Decimal("0.05"),
}
FEE = 500_00  # 0.05 % of a million


def agreed(facility: Facility, modes: dict[str, object]) -> Facility:
    for name, value in modes.items():
        setattr(facility.programme, name, value)
    facility.programme.save()
    return facility


def on_margin(facility: Facility) -> Loan:
    """A running loan of the whole order."""
    loan = signed(agreed(facility, MARGIN))
    operations.deposit_booked(loan, amount=loan.due_now, at=AT)
    operations.disbursing(loan, at=AT)
    operations.disbursed(loan, effective=DAY, at=AT)
    operations.paying_seller(loan, at=AT)
    return operations.seller_paid(loan, at=AT)


def accepted(facility: Facility) -> Loan:
    """A bill that the seller holds."""
    loan = signed(agreed(facility, BILL))
    operations.deposit_booked(loan, amount=loan.due_now, at=AT)
    return operations.bill_accepted(loan, effective=DAY, at=AT)


def on_due_day(loan: Loan) -> None:
    """The bill is paid to its holder and the margin set off."""
    operations.bill_paid(loan, effective=loan.due_on, at=AT)
    operations.set_off_margin(loan, key="margin", effective=loan.due_on, at=AT)


def test_the_limit_carries_what_the_margin_does_not(facility: Facility) -> None:
    loan = on_margin(facility)
    assert (loan.principal, loan.margin, loan.own_share) == (TOTAL, DEPOSIT, 0)
    assert loan.exposure == loan.drawn == PRINCIPAL
    assert line(facility) == (PRINCIPAL, 0, LIMIT - PRINCIPAL)
    assert trial()["lender"]["liab_margin"] == -DEPOSIT
    sound()


def test_a_full_limit_does_not_stand_in_the_way_of_enforcing(facility: Facility) -> None:
    """What the margin pays of interest makes the exposure larger; the limit stays what it was."""
    loan = on_margin(facility)
    books.facility_limit(lender=LENDER, borrower=DEALER, facility=facility.id, limit=PRINCIPAL)
    Facility.objects.filter(pk=facility.pk).update(limit=PRINCIPAL)
    late = DAY + timedelta(days=110)
    operations.accrue([loan], until=late, at=AT)
    paid = operations.set_off_margin(loan, key="default", effective=late, at=AT)
    assert paid is not None
    assert min(paid.allocation.interest, paid.allocation.penalty) > 0
    assert loan.exposure == TOTAL - paid.allocation.principal > loan.drawn == PRINCIPAL
    assert line(facility) == (PRINCIPAL, 0, 0)
    sound()
    owed = operations.owed(loan, late).total
    operations.repaid(loan, amount=owed, key="last", effective=late, at=AT)
    assert (loan.status, line(facility)) == (LoanStatus.REPAID, (0, 0, PRINCIPAL))
    sound()


lives = st.lists(
    st.tuples(
        st.sampled_from(["pay", "pay again", "refund", "close the day", "set off"]),
        st.integers(0, 40),
        st.integers(1, 500_000_00),
    ),
    max_size=8,
)


@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.booleans(), lives)
def test_whatever_comes_everybody_has_what_is_theirs(
    facility: Facility, is_bill: bool, life: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        loan = accepted(facility) if is_bill else on_margin(facility)
        day, paid, refunded, key = DAY, loan.due_now, 0, ""
        for number, (what, days, amount) in enumerate(life):
            day += timedelta(days=days)
            if loan.is_promised and day >= loan.due_on:
                on_due_day(loan)
            if what == "close the day":
                operations.accrue([loan], until=day, at=AT)
                operations.mark_overdue([loan], on=day, at=AT)
            elif what == "set off" and not loan.is_promised:
                operations.set_off_margin(loan, key=f"set off {number}", effective=day, at=AT)
            elif what == "refund":
                refunded += amount
                operations.seller_refunded(
                    loan, amount=amount, key=f"R{number}", effective=day, at=AT
                )
            elif what == "pay again" and key:
                again = operations.repaid(loan, amount=amount, key=key, effective=day, at=AT)
                assert again.is_repeat
            else:
                key, paid = str(number), paid + amount
                operations.repaid(loan, amount=amount, key=key, effective=day, at=AT)
            assert loan.drawn <= loan.exposure
        if loan.is_promised:
            on_due_day(loan)
        day = max(day, loan.due_on)
        if owed := operations.owed(loan, day).total:
            paid += owed
            operations.repaid(loan, amount=owed, key="last", effective=day, at=AT)
        assert loan.status == LoanStatus.REPAID
        assert (loan.margin, loan.drawn, loan.exposure) == (0, 0, 0)
        cost = loan.fee_paid + loan.interest_paid + loan.penalty_paid
        assert paid + refunded == TOTAL + cost + loan.unapplied + loan.deposit_back
        assert loan.fee_paid == (FEE if is_bill else 0)
        assert loan.interest_paid == 0 or not is_bill
        if loan.deposit_back:
            operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
        if loan.unapplied:
            operations.unapplied_returned(loan, amount=loan.unapplied, key="", at=AT)
        left = {"liab_margin", "acceptance_claim", "acceptances", "unapplied", "loan_principal"}
        assert not left & set(trial()["lender"])
        assert line(facility) == (0, 0, LIMIT)
        sound()
        transaction.set_rollback(True)


def test_a_bill_falls_with_its_order_and_gives_back_all_but_the_fee(facility: Facility) -> None:
    loan = accepted(facility)
    operations.repaid(loan, amount=50_000_00, key="more", effective=DAY, at=AT)
    todo = operations.unwind(loan, reason="sold out", at=AT)
    assert todo == operations.Unwinding(deposit_back=DEPOSIT + 50_000_00)
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
    assert (loan.status, line(facility)) == (LoanStatus.CANCELLED, (0, 0, LIMIT))
    assert trial() == {
        "lender": {"nostro": FEE, "fee_income": -FEE},
        "dealer": {"bank": -FEE, "interest_expense": FEE},
        "seller": {},
    }
    sound()


def test_a_bill_that_nothing_was_shipped_for_is_refunded_after_its_day(facility: Facility) -> None:
    loan = accepted(facility)
    on_due_day(loan)
    todo = operations.unwind(loan, reason="never shipped", at=AT)
    assert todo == operations.Unwinding(from_seller=TOTAL)
    operations.seller_refunded(loan, amount=TOTAL, key="R", effective=loan.due_on, at=AT)
    assert loan.deposit_back == DEPOSIT
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
    assert (loan.status, line(facility)) == (LoanStatus.CANCELLED, (0, 0, LIMIT))
    sound()


def test_said_twice_a_bill_is_accepted_and_paid_once(facility: Facility) -> None:
    loan = accepted(facility)
    operations.bill_accepted(loan, effective=DAY, at=AT)
    for _ in range(2):
        on_due_day(loan)
    assert (loan.principal_left, loan.margin, loan.set_off) == (PRINCIPAL, 0, DEPOSIT)
    assert loan.bill == loan.number.replace("LN", "AB")
    sound()


def test_a_bill_that_is_not_paid_is_not_late_and_then_without_grace(facility: Facility) -> None:
    loan = accepted(facility)
    assert loan.grace_days == 0
    after = loan.due_on + timedelta(days=1)
    assert operations.mark_overdue([loan], on=after, at=AT) == []
    on_due_day(loan)
    assert operations.mark_overdue([loan], on=after, at=AT) == [loan]
    owed = operations.owed(loan, loan.due_on + timedelta(days=10))
    assert (owed.principal, owed.interest) == (PRINCIPAL, 0)
    assert owed.penalty == 1_800_00  # 800,000 x 5.4 % x 1.5 x 10/360


def test_a_deposit_without_the_fee_of_the_bill_is_short(facility: Facility) -> None:
    loan = signed(agreed(facility, BILL))
    with pytest.raises(Refused, match="deposit-short"):
        operations.deposit_booked(loan, amount=DEPOSIT, at=AT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"deposit_mode": DepositMode.DOWN_PAYMENT},
        {"release_mode": ReleaseMode.PROPORTIONAL},
        {"margin": TOTAL + 1},
        {"margin": -1},
        {"topped_up": -1},
        {"set_off": 1},
        {"principal": TOTAL - 1},
        {"instrument": Instrument.LOAN},
    ],
)
def test_the_database_holds_the_modes_together(
    facility: Facility, wrong: dict[str, object]
) -> None:
    loan = accepted(facility)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.filter(pk=loan.pk).update(**wrong)


@pytest.mark.parametrize(
    "also",
    [
        {},
        {"deposit_mode": DepositMode.CASH_MARGIN},
        {"release_mode": ReleaseMode.DEPOSIT_FIRST},
    ],
)
def test_no_programme_has_a_bill_that_rests_on_nothing(
    facility: Facility, also: dict[str, object]
) -> None:
    wrong = {"instrument": Instrument.ACCEPTANCE_BILL, **also}
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=facility.programme_id).update(**wrong)
