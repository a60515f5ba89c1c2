"""A loan's life with the books of all three parties, forwards, backwards and twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from heliu.capital.books import queries as books
from heliu.capital.credit import operations as credit
from heliu.capital.credit import queries as credit_queries
from heliu.capital.credit.features import CreditFeatures
from heliu.capital.credit.models import CreditAssessment, Facility, Programme
from heliu.capital.lending import operations, queries
from heliu.capital.lending.models import Loan, LoanStatus, Repayment
from heliu.capital.lending.policies.offering import quote_terms
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.parties.models import Organization
from heliu.kernel.posting.operations import LimitShort
from heliu.kernel.posting.operations import check as posting_check

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
DAY = day_of(AT)
SYSTEM = Actor.system()
DEALER, SELLER, LENDER, STRANGER = (new_id() for _ in range(4))
TOTAL, DEPOSIT, PRINCIPAL = 1_000_000_00, 200_000_00, 800_000_00
LIMIT = 1_000_000_00
ALL = (DEALER, SELLER, LENDER)

Trial = dict[str, dict[str, int]]


def desk(org: UUID, *permissions: str) -> Actor:
    return Actor(new_id(), "Somebody", org, (org,), frozenset(permissions))


DEALER_DESK = desk(DEALER, "order", "sign", "pay", "consent")
OFFICER = desk(LENDER, "decide", "override")


def seed() -> Facility:
    """Three parties, a programme and a facility of one million."""
    for org, name in ((DEALER, "Dealer"), (SELLER, "Maker"), (LENDER, "Bank")):
        Organization.objects.create(id=org, code=f"{name.lower()}-{org.hex[-6:]}", name=name)
    programme = Programme.objects.create(
        lender=LENDER,
        seller=SELLER,
        name="Pledged orders",
        deposit_ratios=[Decimal("0.20"), Decimal("0.30")],
        days_options=[90],
        single_name_cap=LIMIT,
        auto_approve_cap=LIMIT,
    )
    assessment = assess(programme)
    return credit.grant(assessment, actor=SYSTEM, at=AT, limit=LIMIT)


def assess(programme: Programme, wanted: int = 0):
    return credit.assess(
        CreditFeatures(is_verified=True),
        borrower=DEALER,
        lender=LENDER,
        programme=programme,
        actor=SYSTEM,
        at=AT,
        wanted=wanted,
    )


@pytest.fixture
def facility(db: None, as_worker) -> Iterator[Facility]:
    with as_worker():
        yield seed()


def request(facility: Facility, total: int = TOTAL) -> dict[str, object]:
    return {
        "deal": new_id(),
        "order_id": new_id(),
        "order_total": total,
        "borrower": DEALER,
        "seller": SELLER,
        "lender": LENDER,
        "facility": facility,
        "programme": facility.programme,
        "terms": quote_terms(total, Decimal("0.20"), Decimal("5.4"), 90, DAY, facility.programme),
        "actor": SYSTEM,
        "at": AT,
    }


def quoted(facility: Facility, total: int = TOTAL) -> Loan:
    return operations.quote(**request(facility, total))  # type: ignore[arg-type]


def signed(facility: Facility) -> Loan:
    loan = quoted(facility)
    return operations.sign(loan, actor=DEALER_DESK, agreement_digest=loan.agreement_digest, at=AT)


def funded(facility: Facility) -> Loan:
    loan = operations.deposit_booked(signed(facility), amount=DEPOSIT, at=AT)
    return operations.disbursing(loan, at=AT)


def disbursed(facility: Facility) -> Loan:
    loan = operations.disbursed(funded(facility), effective=DAY, at=AT)
    return operations.own_share_moved(loan, at=AT)


def running(facility: Facility) -> Loan:
    loan = operations.paying_seller(disbursed(facility), at=AT)
    return operations.seller_paid(loan, at=AT)


def trial() -> Trial:
    """Every party's balances, debit positive, by code; zeros left out."""
    names = {DEALER: "dealer", SELLER: "seller", LENDER: "lender"}
    found: Trial = {}
    for org, name in names.items():
        sums: dict[str, int] = {}
        for row in books.trial_balance(SYSTEM, org=org):
            sums[row.code] = sums.get(row.code, 0) + row.debit - row.credit
        found[name] = {code: amount for code, amount in sums.items() if amount}
    return found


def line(facility: Facility) -> tuple[int, int, int]:
    now = credit_queries.line_of(facility, at=AT)
    return now.used, now.held, now.free


def sound() -> None:
    assert books.check() == []
    assert posting_check() == []
    assert queries.check() == []
    assert credit_queries.check() == []


def test_the_straight_path_to_the_seller_and_back(facility: Facility) -> None:
    loan = running(facility)
    assert loan.status == LoanStatus.SELLER_PAID
    assert trial() == {
        "lender": {
            "nostro": DEPOSIT,
            "loan_principal": PRINCIPAL,
            "liab_current": -TOTAL,
            "limit_used": PRINCIPAL,
            "limit_offset": -PRINCIPAL,
        },
        "dealer": {"bank": -DEPOSIT, "prepayment": TOTAL, "loan_payable": -PRINCIPAL},
        "seller": {"cash": TOTAL, "contract_liability": -TOTAL},
    }
    assert line(facility) == (PRINCIPAL, 0, LIMIT - PRINCIPAL)
    operations.goods_shipped(loan, amount=TOTAL, key="SH", at=AT)
    operations.goods_pledged(loan, amount=TOTAL, key="WR", at=AT)

    # A quarter after 30 days: 3,600 interest and 200,000 principal.
    later = AT + timedelta(days=30)
    amount = operations.amount_for(loan, 25, day_of(later))
    assert amount == 203_600_00
    part = operations.repaid(loan, amount=amount, key="1", effective=day_of(later), at=later)
    assert (part.allocation.interest, part.allocation.principal) == (3_600_00, 200_000_00)
    assert not part.closed
    assert operations.entitlement_of(loan, TOTAL) == TOTAL // 4
    operations.goods_released(loan, amount=TOTAL // 4, key="RO", at=later)
    assert line(facility)[0] == 600_000_00

    # The rest on the due day: 60 days on 600,000.
    due = AT + timedelta(days=90)
    owed = operations.owed(loan, day_of(due))
    assert (owed.principal, owed.interest, owed.total) == (600_000_00, 5_400_00, 605_400_00)
    last = operations.repaid(loan, amount=owed.total, key="2", effective=day_of(due), at=due)
    assert last.closed
    assert loan.status == LoanStatus.REPAID
    operations.goods_released(loan, amount=TOTAL - TOTAL // 4, key="RO2", at=due)
    operations.close(loan, at=due)
    assert loan.status == LoanStatus.CLOSED
    assert trial() == {
        "lender": {
            "nostro": DEPOSIT + PRINCIPAL + 9_000_00,
            "liab_current": -TOTAL,
            "interest_income": -9_000_00,
        },
        "dealer": {
            "bank": -DEPOSIT - PRINCIPAL - 9_000_00,
            "inventory_free": TOTAL,
            "interest_expense": 9_000_00,
        },
        "seller": {"cash": TOTAL, "revenue": -TOTAL},
    }
    assert line(facility) == (0, 0, LIMIT)
    closed = Fact.objects.get(name="capital.loan-closed")
    assert closed.flows == ["commerce", "logistics", "capital", "information"]
    assert set(closed.audience) == set(ALL)
    sound()


def test_the_facts_of_the_straight_path_in_order(facility: Facility) -> None:
    loan = running(facility)
    names = Fact.objects.filter(subject=loan.id).order_by("number").values_list("name", flat=True)
    assert list(names) == [
        "capital.loan-quoted",
        "capital.loan-signed",
        "capital.deposit-booked",
        "capital.loan-disbursed",
        "capital.seller-paid",
    ]


def test_a_doubled_message_does_nothing(facility: Facility) -> None:
    loan = running(facility)
    operations.repaid(loan, amount=100_000_00, key="one", effective=DAY, at=AT)
    before, facts = trial(), Fact.objects.count()
    again = operations.quote(**request(facility) | {"deal": loan.deal})  # type: ignore[arg-type]
    assert again.pk == loan.pk
    operations.sign(loan, actor=DEALER_DESK, agreement_digest=loan.agreement_digest, at=AT)
    operations.deposit_booked(loan, amount=DEPOSIT, at=AT)
    operations.disbursing(loan, at=AT)
    operations.disbursed(loan, effective=DAY, at=AT)
    operations.own_share_moved(loan, at=AT)
    operations.paying_seller(loan, at=AT)
    operations.seller_paid(loan, at=AT)
    repeat = operations.repaid(loan, amount=100_000_00, key="one", effective=DAY, at=AT)
    assert repeat.is_repeat
    assert repeat.allocation.principal == 100_000_00
    assert (trial(), Fact.objects.count()) == (before, facts)
    assert loan.status == LoanStatus.SELLER_PAID
    sound()


def test_an_old_copy_of_the_loan_sees_what_was_done(facility: Facility) -> None:
    loan = signed(facility)
    old = Loan.objects.get(pk=loan.pk)
    operations.deposit_booked(loan, amount=DEPOSIT, at=AT)
    operations.deposit_booked(old, amount=DEPOSIT, at=AT)
    assert old.status == LoanStatus.FUNDED_SHARE
    assert trial()["lender"]["liab_margin"] == -DEPOSIT


# The limit


def test_a_quote_holds_the_limit_until_it_runs_out(facility: Facility) -> None:
    loan = quoted(facility)
    assert line(facility) == (0, PRINCIPAL, LIMIT - PRINCIPAL)
    with pytest.raises(LimitShort) as refusal:
        quoted(facility)
    short = Money(2 * PRINCIPAL - LIMIT)
    assert refusal.value.text() == f"The credit limit is short by {short}."
    assert not operations.expire(loan, at=AT + timedelta(minutes=29))
    late = AT + timedelta(minutes=30)
    assert credit_queries.line_of(facility, at=late).free == LIMIT
    assert list(queries.run_out(at=late)) == [loan]
    assert operations.expire(loan, at=late)
    assert loan.status == LoanStatus.EXPIRED
    assert line(facility) == (0, 0, LIMIT)
    assert not operations.expire(loan, at=late)
    sound()


def test_a_signed_loan_keeps_its_hold_however_slow_the_bank_is(facility: Facility) -> None:
    loan = signed(facility)
    days_later = AT + timedelta(days=2)
    assert credit_queries.line_of(facility, at=days_later).held == PRINCIPAL
    operations.deposit_booked(loan, amount=DEPOSIT, at=days_later)
    operations.disbursing(loan, at=days_later)
    booked_on = DAY + timedelta(days=1)  # a day before we heard of it
    operations.disbursed(loan, effective=booked_on, at=days_later)
    assert (loan.disbursed_on, loan.accrued_to) == (booked_on, booked_on)
    assert loan.due_on == booked_on + timedelta(days=90)
    assert line(facility) == (PRINCIPAL, 0, LIMIT - PRINCIPAL)


def test_only_open_facilities_lend(facility: Facility) -> None:
    credit.suspend(facility, actor=OFFICER, at=AT)
    with pytest.raises(Refused) as refusal:
        quoted(facility)
    assert refusal.value.code == "facility-not-active"
    credit.resume(facility, actor=OFFICER, at=AT)
    late = request(facility) | {"at": AT + timedelta(days=366)}
    with pytest.raises(Refused, match="facility-not-active"):
        operations.quote(**late)  # type: ignore[arg-type]


# Signing


def test_only_the_text_that_was_offered_can_be_signed(facility: Facility) -> None:
    loan = quoted(facility)
    with pytest.raises(Refused, match="agreement-differs"):
        operations.sign(loan, actor=DEALER_DESK, agreement_digest="0" * 64, at=AT)
    assert loan.status == LoanStatus.QUOTED


def test_only_a_signer_of_the_borrower_signs_and_only_in_time(facility: Facility) -> None:
    loan = quoted(facility)
    digest = loan.agreement_digest
    with pytest.raises(Forbidden):
        operations.sign(loan, actor=desk(DEALER, "order"), agreement_digest=digest, at=AT)
    with pytest.raises(Refused, match="not-the-borrower"):
        operations.sign(loan, actor=desk(SELLER, "sign"), agreement_digest=digest, at=AT)
    with pytest.raises(Refused, match="quote-expired"):
        operations.sign(
            loan, actor=DEALER_DESK, agreement_digest=digest, at=AT + timedelta(minutes=30)
        )


# A person decides


def referred(facility: Facility, *, has_facility: bool = True) -> Loan:
    assessment = assess(facility.programme, wanted=LIMIT)
    asked = request(facility) | {
        "facility": facility if has_facility else None,
        "programme": facility.programme,
        "assessment": assessment,
    }
    return operations.refer(**asked)  # type: ignore[arg-type]


def test_an_officer_approves_with_another_deposit(facility: Facility) -> None:
    loan = referred(facility)
    assert (loan.status, line(facility)[1]) == (LoanStatus.REFERRED, 0)
    shown = loan.agreement_digest
    operations.decide(
        loan, actor=OFFICER, approve=True, reason="Known", at=AT, deposit_ratio=Decimal("0.30")
    )
    assert loan.status == LoanStatus.QUOTED
    assert (loan.deposit, loan.principal) == (300_000_00, 700_000_00)
    assert line(facility) == (0, 700_000_00, 300_000_00)
    assert loan.agreement_digest != shown
    assert "300,000.00" in loan.agreement_zh
    assert loan.decided_by_name == "Somebody"
    with pytest.raises(Refused, match="state-move"):
        operations.decide(loan, actor=OFFICER, approve=False, reason="", at=AT)


@pytest.mark.parametrize("has_facility", [True, False])
def test_what_is_not_decided_is_not_signed(facility: Facility, has_facility: bool) -> None:
    loan = referred(facility, has_facility=has_facility)
    with pytest.raises(Refused, match="not-decided"):
        operations.sign(loan, actor=DEALER_DESK, agreement_digest=loan.agreement_digest, at=AT)
    assert (loan.status, line(facility)) == (LoanStatus.REFERRED, (0, 0, LIMIT))


def test_an_officer_declines_and_others_may_not_decide(facility: Facility) -> None:
    loan = referred(facility)
    with pytest.raises(Forbidden):
        operations.decide(loan, actor=DEALER_DESK, approve=True, reason="", at=AT)
    operations.decide(loan, actor=OFFICER, approve=False, reason="Too young", at=AT)
    assert loan.status == LoanStatus.DECLINED
    assert line(facility) == (0, 0, LIMIT)


@pytest.mark.parametrize("had_one", [True, False])
def test_approving_a_borrower_without_a_facility_grants_one_that_carries_it(
    facility: Facility, had_one: bool
) -> None:
    loan = referred(facility, has_facility=had_one)
    Facility.objects.filter(pk=facility.pk).update(status="ENDED")
    loan = Loan.objects.get(pk=loan.pk)
    operations.decide(loan, actor=OFFICER, approve=True, reason="Known", at=AT)
    assert loan.facility is not None
    assert loan.facility.pk != facility.pk
    assert loan.facility.limit == PRINCIPAL
    assert line(loan.facility) == (0, PRINCIPAL, 0)


# Interest, repaying, being late


def test_closing_the_day_twice_or_never_gives_the_same_interest(facility: Facility) -> None:
    loan = running(facility)
    for day in (1, 2, 2, 7, 30):
        operations.accrue([loan], until=DAY + timedelta(days=day), at=AT)
    operations.accrue([loan], until=DAY + timedelta(days=5), at=AT)
    assert loan.interest_accrued == 3_600_00
    assert trial()["lender"]["interest_income"] == -3_600_00
    assert trial()["dealer"]["interest_payable"] == -3_600_00
    sound()


def test_a_payment_of_an_earlier_value_day_puts_the_interest_right(facility: Facility) -> None:
    loan = running(facility)
    operations.accrue([loan], until=DAY + timedelta(days=30), at=AT)
    operations.repaid(
        loan, amount=401_800_00, key="late news", effective=DAY + timedelta(days=15), at=AT
    )
    # 15 days on 800,000 were paid; 15 days on 400,000 stand, not on 800,000.
    assert loan.interest_accrued == 1_800_00 + 900_00
    assert loan.accrued_to == DAY + timedelta(days=30)
    assert trial()["lender"]["interest_receivable"] == 900_00
    sound()


def test_a_value_day_before_the_last_payment_is_played_in_its_place(facility: Facility) -> None:
    loan = running(facility)
    thirty = DAY + timedelta(days=30)
    operations.repaid(loan, amount=3_600_00, key="interest only", effective=thirty, at=AT)
    assert (loan.interest_paid, loan.principal_repaid) == (3_600_00, 0)
    operations.repaid(loan, amount=400_000_00, key="early", effective=DAY, at=AT)
    # 30 days on 400,000, of which the later payment now pays 1,800 and as much principal.
    assert (loan.interest_paid, loan.principal_repaid) == (1_800_00, 401_800_00)
    assert {row.effective for row in Repayment.objects.filter(loan=loan)} == {DAY, thirty}
    assert "interest_receivable" not in trial()["lender"]
    sound()


def test_what_is_paid_too_much_waits_and_can_go_back(facility: Facility) -> None:
    loan = running(facility)
    done = operations.repaid(loan, amount=PRINCIPAL + 5_00, key="k", effective=DAY, at=AT)
    assert done.closed
    assert done.unapplied == 5_00
    again = operations.repaid(loan, amount=7_00, key="twice", effective=DAY, at=AT)
    assert again.unapplied == 7_00
    assert trial()["lender"]["unapplied"] == -12_00
    operations.unapplied_returned(loan, amount=5_00, key="first", at=AT)
    assert trial()["lender"]["unapplied"] == -7_00
    operations.unapplied_returned(loan, amount=7_00, key="second", at=AT)
    assert "unapplied" not in trial()["lender"]
    assert operations.unapplied_returned(loan, amount=7_00, key="second", at=AT).unapplied == 0
    sound()


def test_a_deposit_paid_too_much_is_unapplied_and_too_little_refused(facility: Facility) -> None:
    loan = signed(facility)
    with pytest.raises(Refused, match="deposit-short"):
        operations.deposit_booked(loan, amount=DEPOSIT - 1, at=AT)
    operations.deposit_booked(loan, amount=DEPOSIT + 1, at=AT)
    assert loan.unapplied == 1
    assert trial()["lender"] == {"nostro": DEPOSIT + 1, "liab_margin": -DEPOSIT, "unapplied": -1}
    sound()


def test_overdue_only_after_grace_and_cured_by_paying_all(facility: Facility) -> None:
    loan = running(facility)
    last = loan.due_on + timedelta(days=3)
    assert not operations.mark_overdue([loan], on=last, at=AT)
    late = last + timedelta(days=7)
    assert operations.mark_overdue([loan], on=late, at=AT)
    assert not operations.mark_overdue([loan], on=late, at=AT)
    assert loan.status == LoanStatus.OVERDUE
    owed = operations.owed(loan, late)
    assert owed.interest + owed.penalty == 10_800_00 + 1_800_00  # 90 days, then 10 at 8.1 %
    part = operations.repaid(loan, amount=owed.penalty + 1, key="a", effective=late, at=AT)
    assert (part.allocation.penalty, part.allocation.interest) == (owed.penalty, 1)
    assert loan.status == LoanStatus.OVERDUE
    rest = operations.owed(loan, late).total
    assert operations.repaid(loan, amount=rest, key="b", effective=late, at=AT).closed
    assert trial()["lender"]["penalty_income"] == -owed.penalty
    assert "interest_receivable" not in trial()["lender"]
    sound()


def test_nothing_is_repaid_before_the_seller_is_paid(facility: Facility) -> None:
    loan = disbursed(facility)
    with pytest.raises(Refused, match="loan-not-running"):
        operations.repaid(loan, amount=1, key="k", effective=DAY, at=AT)
    with pytest.raises(Refused, match="amount-not-positive"):
        operations.repaid(loan, amount=0, key="k", effective=DAY, at=AT)


moves = st.lists(
    st.tuples(
        st.sampled_from(["pay", "pay again", "close the day", "news of yesterday"]),
        st.integers(0, 40),
        st.integers(1, 400_000_00),
    ),
    max_size=8,
)


@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves, st.booleans())
def test_whatever_comes_the_books_agree_and_the_last_fen_ends_it(
    facility: Facility, life: list[tuple[str, int, int]], is_principal_first: bool
) -> None:
    with transaction.atomic():
        loan = running(facility)
        Loan.objects.filter(pk=loan.pk).update(is_principal_first=is_principal_first)
        day, paid, key = DAY, 0, ""
        for number, (what, days, amount) in enumerate(life):
            day += timedelta(days=days)
            if what == "close the day":
                operations.accrue([loan], until=day, at=AT)
                operations.mark_overdue([loan], on=day, at=AT)
                continue
            if what == "pay again" and key:
                assert operations.repaid(
                    loan, amount=amount, key=key, effective=day, at=AT
                ).is_repeat
                continue
            key, paid = str(number), paid + amount
            value_day = day - timedelta(days=1) if what == "news of yesterday" else day
            operations.repaid(loan, amount=amount, key=key, effective=value_day, at=AT)
        owed = operations.owed(loan, day)
        if owed.total:
            operations.repaid(loan, amount=owed.total, key="last", effective=day, at=AT)
            paid += owed.total
        assert loan.status == LoanStatus.REPAID
        assert not operations.owed(loan, day).total
        assert loan.principal_repaid == PRINCIPAL
        assert loan.interest_paid == loan.interest_accrued
        assert paid == PRINCIPAL + loan.interest_paid + loan.penalty_paid + loan.unapplied
        assert line(facility) == (0, 0, LIMIT)
        assert "interest_receivable" not in trial()["lender"]
        sound()
        transaction.set_rollback(True)


# The bank says no; taking back

NOTHING: Trial = {"lender": {}, "dealer": {}, "seller": {}}


def test_a_refused_deposit_leaves_nothing(facility: Facility) -> None:
    loan = operations.bank_rejected(signed(facility), stage="DEPOSIT", reason="AM04", at=AT)
    assert (loan.status, line(facility)) == (LoanStatus.BANK_REJECTED, (0, 0, LIMIT))
    assert operations.unwind(loan, reason="No money", at=AT).is_over
    assert loan.status == LoanStatus.CANCELLED
    assert trial() == NOTHING
    sound()


def test_a_refused_disbursement_gives_the_deposit_back(facility: Facility) -> None:
    loan = operations.bank_rejected(funded(facility), stage="DISBURSEMENT", reason="AC04", at=AT)
    assert line(facility) == (0, 0, LIMIT)
    todo = operations.unwind(loan, reason="Bank", at=AT)
    assert todo == operations.Unwinding(deposit_back=DEPOSIT)
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
    assert loan.status == LoanStatus.CANCELLED
    assert trial() == NOTHING
    sound()


def test_own_share_booked_though_the_disbursement_was_refused(facility: Facility) -> None:
    loan = operations.bank_rejected(funded(facility), stage="DISBURSEMENT", reason="AC04", at=AT)
    operations.own_share_moved(loan, at=AT)
    todo = operations.unwind(loan, reason="Bank", at=AT)
    assert todo == operations.Unwinding(deposit_back=DEPOSIT, from_supervised=True)
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
    assert (loan.status, trial()) == (LoanStatus.CANCELLED, NOTHING)
    sound()


def test_loan_booked_though_the_own_share_was_refused(facility: Facility) -> None:
    loan = operations.bank_rejected(funded(facility), stage="OWN_SHARE", reason="AC04", at=AT)
    operations.disbursed(loan, effective=DAY, at=AT)
    assert loan.status == LoanStatus.BANK_REJECTED
    todo = operations.unwind(loan, reason="Bank", at=AT)
    assert todo == operations.Unwinding(loan_back=PRINCIPAL, deposit_back=DEPOSIT)
    operations.loan_returned(loan, at=AT)
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
    assert (loan.status, trial()) == (LoanStatus.CANCELLED, NOTHING)
    assert line(facility) == (0, 0, LIMIT)
    sound()


def test_both_payments_refused_is_one_rejection_with_two_facts(facility: Facility) -> None:
    loan = operations.bank_rejected(funded(facility), stage="OWN_SHARE", reason="a", at=AT)
    operations.bank_rejected(loan, stage="DISBURSEMENT", reason="b", at=AT)
    assert (loan.status, line(facility)) == (LoanStatus.BANK_REJECTED, (0, 0, LIMIT))
    assert Fact.objects.filter(name="capital.bank-rejected").count() == 2
    operations.unwind(loan, reason="Bank", at=AT)
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=AT)
    assert (loan.status, trial()) == (LoanStatus.CANCELLED, NOTHING)


@pytest.mark.parametrize("deposit_first", [False, True])
def test_a_refused_seller_payment_takes_everything_back(
    facility: Facility, deposit_first: bool
) -> None:
    loan = operations.paying_seller(disbursed(facility), at=AT)
    with pytest.raises(Refused, match="state-move"):
        operations.unwind(loan, reason="Too early", at=AT)
    operations.bank_rejected(loan, stage="SELLER_PAYMENT", reason="BE04", at=AT)
    todo = operations.unwind(loan, reason="Bank", at=AT)
    assert todo == operations.Unwinding(
        loan_back=PRINCIPAL, deposit_back=DEPOSIT, from_supervised=True
    )
    deposit_returned = partial(operations.deposit_returned, amount=DEPOSIT, key="")
    steps: list[Callable[..., Loan]] = [operations.loan_returned, deposit_returned]
    for step in reversed(steps) if deposit_first else steps:
        step(loan, at=AT)
        step(loan, at=AT)
    assert (loan.status, trial()) == (LoanStatus.CANCELLED, NOTHING)
    assert line(facility) == (0, 0, LIMIT)
    assert Fact.objects.filter(name="capital.loan-cancelled").count() == 1
    sound()


def test_a_cancelled_order_is_refunded_by_the_seller(facility: Facility) -> None:
    loan = running(facility)
    ten = AT + timedelta(days=10)
    todo = operations.unwind(loan, reason="Seller cannot deliver", at=ten)
    assert todo == operations.Unwinding(from_seller=TOTAL)
    assert trial()["seller"] == {"cash": TOTAL, "refund_payable": -TOTAL}
    done = operations.seller_refunded(loan, amount=TOTAL, key="R", effective=day_of(ten), at=ten)
    # Ten days of interest come out of the own share.
    assert done.allocation.interest == 1_200_00
    assert loan.deposit_back == DEPOSIT - 1_200_00
    assert loan.status == LoanStatus.UNWINDING
    operations.deposit_returned(loan, amount=loan.deposit_back, key="", at=ten)
    assert loan.status == LoanStatus.CANCELLED
    assert trial() == {
        "lender": {"nostro": 1_200_00, "interest_income": -1_200_00},
        "dealer": {"bank": -1_200_00, "interest_expense": 1_200_00},
        "seller": {},
    }
    assert line(facility) == (0, 0, LIMIT)
    sound()


def test_short_goods_are_refunded_into_the_loan(facility: Facility) -> None:
    loan = running(facility)
    operations.goods_shipped(loan, amount=TOTAL, key="SH", at=AT)
    operations.goods_pledged(loan, amount=900_000_00, key="WR", at=AT)
    operations.goods_short(loan, amount=100_000_00, key="WR", at=AT)
    operations.seller_refunded(loan, amount=100_000_00, key="R", effective=DAY, at=AT)
    assert loan.principal_left == 700_000_00
    assert (loan.status, loan.deposit_back) == (LoanStatus.SELLER_PAID, 0)
    assert trial()["dealer"] == {
        "bank": -DEPOSIT,
        "inventory_pledged": 900_000_00,
        "loan_payable": -700_000_00,
    }
    sound()


def test_a_partly_repaid_loan_is_not_taken_back(facility: Facility) -> None:
    loan = running(facility)
    operations.repaid(loan, amount=1_00, key="k", effective=DAY, at=AT)
    with pytest.raises(Refused, match="partly-repaid"):
        operations.unwind(loan, reason="Changed my mind", at=AT)


def test_taking_back_before_anything_moved_ends_at_once(facility: Facility) -> None:
    for begin in (referred, quoted, signed):
        loan = begin(facility)
        assert operations.unwind(loan, reason="Not wanted", at=AT).is_over
        assert (loan.status, line(facility)) == (LoanStatus.CANCELLED, (0, 0, LIMIT))


def test_the_seller_is_not_paid_before_the_own_share_lies_there(facility: Facility) -> None:
    loan = operations.disbursed(funded(facility), effective=DAY, at=AT)
    with pytest.raises(Refused, match="own-share-missing"):
        operations.paying_seller(loan, at=AT)


# Who sees what


def test_a_loan_is_the_borrowers_and_the_lenders(facility: Facility) -> None:
    loan = running(facility)
    operations.repaid(loan, amount=1_00, key="k", effective=DAY, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    for org, sees in ((DEALER, 1), (LENDER, 1), (SELLER, 0), (STRANGER, 0)):
        with acting_for([org]):
            assert Loan.objects.count() == sees
            assert Repayment.objects.count() == sees
            assert Facility.objects.count() == sees
            assert queries.visible_to(desk(org)).count() == sees
    with acting_for([DEALER]):
        assert Programme.objects.count() == 1
        assert queries.get(DEALER_DESK, loan.number).pk == loan.pk
        now = queries.credit_line(DEALER_DESK, at=AT)
        assert now is not None
        assert (now.limit, now.free, now.next_due_on) == (
            LIMIT,
            LIMIT - PRINCIPAL + 1_00,
            loan.due_on,
        )
        assert list(queries.due_within(DEALER_DESK, 90, on=DAY)) == [loan]
        assert not queries.due_within(DEALER_DESK, 89, on=DAY)
        assert queries.history(DEALER_DESK) == queries.History(1, 0, 0, PRINCIPAL, PRINCIPAL - 1_00)
    with acting_for([STRANGER]):
        assert Programme.objects.count() == 0
        with pytest.raises(NotFound):
            queries.get(desk(STRANGER), loan.id)
        with pytest.raises(NotFound):
            operations.repaid(loan, amount=1, key="x", effective=DAY, at=AT)


def test_a_repayment_and_an_assessment_are_written_once(facility: Facility) -> None:
    loan = running(facility)
    operations.repaid(loan, amount=1_00, key="k", effective=DAY, at=AT)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Repayment.objects.update(amount=2_00)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        CreditAssessment.objects.update(limit=1)


# Together


def test_a_lot_of_quotes_at_once_never_pass_the_limit(own_db: str, as_worker) -> None:
    with transaction.atomic(), as_worker():
        facility = seed()
        programme = facility.programme

    def ask(_: int) -> bool:
        try:
            with acting_for(ALL):
                mine = Facility.objects.select_related("programme").get(pk=facility.pk)
                quoted(mine, 250_000_00)  # a loan of 200,000 each
        except LimitShort:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(ask, range(12)))
    assert taken == 5
    with acting_for(ALL):
        assert programme.pk == facility.programme_id
        assert line(facility) == (0, LIMIT, 0)


def test_a_limit_granted_by_eight_at_once_is_granted_once(own_db: str, as_worker) -> None:
    """A dealer's first orders may come together, each with its own assessment."""
    with transaction.atomic(), as_worker():
        first = seed()
        programme = first.programme
        credit.end(first, actor=SYSTEM, at=AT)
        assessments = [assess(programme).pk for _ in range(8)]

    def grant(pk: UUID) -> UUID:
        try:
            with acting_for(ALL):
                mine = CreditAssessment.objects.select_related("programme").get(pk=pk)
                return credit.grant(mine, actor=SYSTEM, at=AT, limit=LIMIT).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        granted = set(pool.map(grant, assessments))
    assert len(granted) == 1
    assert first.pk not in granted


def test_one_payment_told_by_eight_at_once_is_booked_once(own_db: str, as_worker) -> None:
    with transaction.atomic(), as_worker():
        loan = running(seed())

    def tell(_: int) -> bool:
        try:
            with acting_for(ALL):
                mine = Loan.objects.get(pk=loan.pk)
                done = operations.repaid(mine, amount=10_00, key="k", effective=DAY, at=AT)
                return done.is_repeat
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        repeats = list(pool.map(tell, range(8)))
    assert repeats.count(False) == 1
    with acting_for(ALL):
        loan.refresh_from_db()
        assert loan.principal_repaid == 10_00
