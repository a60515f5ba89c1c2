"""The turn of the day over many loans at once, held against one that takes them one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.capital.test_lending import DEALER, DEALER_DESK, LENDER, SELLER, seed
from tests.conftest import CLUSTER, be
from tests.examples import examples

from heliu.capital.books import operations as books
from heliu.capital.books.journals import loans as templates
from heliu.capital.credit.models import Facility
from heliu.capital.lending import operations as lending
from heliu.capital.lending import queries
from heliu.capital.lending.events import LoanOverdue
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus, Repayment
from heliu.capital.lending.policies import debt, offering
from heliu.commerce.ordering.models import Order
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.facts import record
from heliu.kernel.events.models import Fact, Notice
from heliu.kernel.events.notices import tell
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.posting import operations as posting
from heliu.trade import close_of_day as closing
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.steps import remember

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
SYSTEM = Actor.system()
SOON = timedelta(days=3)

Close = Callable[[datetime], object]


def open_loan(
    facility: Facility,
    n: int,
    *,
    total: int = 1_000_00,
    days: int = 30,
    rate: Decimal = Decimal("5.4"),
    day_count: str = "ACT/360",
    is_principal_first: bool = False,
) -> Loan:
    """A loan whose seller is paid, with its deal and order."""
    deal, order = new_id(), new_id()
    terms = offering.quote_terms(total, Decimal("0.20"), rate, days, day_of(AT), facility.programme)
    loan = lending.quote(
        deal=deal, order_id=order, order_total=total, borrower=DEALER, seller=SELLER,
        lender=LENDER, facility=facility, programme=facility.programme, terms=terms,
        actor=SYSTEM, at=AT,
    )  # fmt: skip
    Order.objects.create(
        id=order, number=f"T-{n}-{order.hex[-6:]}", buyer=DEALER, seller=SELLER, warehouse=LENDER,
        status="CONFIRMED", pay_by="FINANCE", total=total, placed_by_name="test", placed_at=AT,
        confirmed_at=AT,
    )  # fmt: skip
    Deal.objects.create(
        id=deal, number=f"TD-{n}-{deal.hex[-6:]}", order_id=order, loan_id=loan.id, buyer=DEALER,
        seller=SELLER, lender=LENDER, opened_at=AT, moved_at=AT,
    )  # fmt: skip
    Loan.objects.filter(pk=loan.pk).update(
        day_count=day_count, is_principal_first=is_principal_first
    )
    lending.sign(loan, actor=DEALER_DESK, agreement_digest=loan.agreement_digest, at=AT)
    lending.deposit_booked(loan, amount=loan.deposit, at=AT)
    lending.disbursing(loan, at=AT)
    lending.disbursed(loan, effective=day_of(AT), at=AT)
    for go_on in (lending.own_share_moved,                  lending.paying_seller, lending.seller_paid):  # fmt: skip
        go_on(loan, at=AT)
    return loan


def one_by_one(at: datetime) -> None:
    """The turn of the day as it reads in words, a loan at a time."""
    today = day_of(at)
    for loan in Loan.objects.filter(status__in=RUNNING).order_by("due_on", "id"):
        deal = Deal.objects.get(pk=loan.deal)
        rows = Repayment.objects.filter(loan=loan).order_by("effective", "at")
        repaid = list(rows.values_list("effective", "principal"))
        if loan.accrued_to is None or today > loan.accrued_to:
            _accrue(loan, repaid, at)
        owed = debt.owed(loan, repaid, today).total
        params = {
            "amount": Money(owed), "number": Order.objects.get(pk=deal.order_id).number,
            "due": loan.due_on.isoformat(),
        }  # fmt: skip
        grace = timedelta(days=loan.grace_days)
        if loan.status == LoanStatus.SELLER_PAID and today > loan.due_on + grace:
            Loan.objects.filter(pk=loan.pk).update(status=LoanStatus.OVERDUE)
            fact = LoanOverdue(
                subject=loan.id, number=loan.number, due_on=loan.due_on,
                principal=loan.principal - loan.principal_repaid,
            )  # fmt: skip
            record(fact, actor=SYSTEM, at=at, audience=[DEALER, LENDER, SELLER], deal=deal.pk)
            remember(deal, Step.OVERDUE, actor=SYSTEM, at=at, due_on=loan.due_on, owed=owed)
            tell(DEALER, "loan-overdue", params, link=f"/deals/{deal.number}", at=at)
        elif loan.due_on - SOON <= today <= loan.due_on and remember(
            deal, Step.DUE_SOON, actor=SYSTEM, at=at, due_on=loan.due_on, owed=owed
        ):
            tell(DEALER, "loan-due", params, link=f"/deals/{deal.number}", at=at)


def _accrue(loan: Loan, repaid: list[tuple[Any, int]], at: datetime) -> None:
    today = day_of(at)
    whole = debt.charges(loan, repaid, today).interest
    amount = whole - loan.interest_accrued
    Loan.objects.filter(pk=loan.pk).update(interest_accrued=whole, accrued_to=today)
    loan.refresh_from_db()
    if amount:
        books.post(
            templates.accrued(queries.parties_of(loan), amount),
            kind="accrued",
            key=f"loan:{loan.id}:accrued:{today}:{len(repaid)}"
            + (f":{loan.replays}" if loan.replays else ""),
            subject=loan.id,
            effective=today,
            at=at,
        )


def everything() -> dict[str, list[Any]]:
    """All that a close may write, without the ids that chance makes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select j.key, j.kind, j.effective, j.subject, j.at, j.orgs, k.key, l.amount"
            "  from posting_journal j join posting_line l on l.journal_id = j.id"
            "  join posting_account k on k.id = l.account_id order by 1, 7, 8"
        )
        lines = cursor.fetchall()
        cursor.execute("select key, id from posting_account")
        accounts = dict(cursor.fetchall())
    stands = posting.balances(accounts.values())

    def rows(model: Any, *without: str) -> list[Any]:
        fields = [f.attname for f in model._meta.concrete_fields if f.attname not in without]
        return sorted(model.objects.values_list(*fields), key=repr)

    return {
        "lines": lines,
        "balances": sorted((key, stands[id].posted) for key, id in accounts.items()),
        "loans": rows(Loan),
        "repayments": rows(Repayment, "id", "replay_id"),
        "deals": rows(Deal),
        "steps": rows(DealStep, "id"),
        "notices": rows(Notice, "id"),
        "facts": rows(Fact, "id", "number"),
    }


@pytest.fixture
def facility(db: None, as_worker) -> Iterator[Facility]:
    with as_worker():
        yield seed()


kinds = st.fixed_dictionaries(
    {
        "total": st.integers(1_00, 100_000_00),
        "days": st.integers(1, 40),
        "rate": st.decimals(Decimal("0.1"), Decimal(24), places=4),
        "day_count": st.sampled_from(["ACT/360", "ACT/365F", "ACT/ACT ISDA", "30E/360"]),
        "is_principal_first": st.booleans(),
    }
)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("close"), st.integers(0, 15)),
        st.tuples(st.just("repay"), st.integers(0, 5), st.integers(0, 5), st.integers(1, 100)),
        st.tuples(st.just("late news"), st.integers(0, 5), st.integers(0, 5), st.integers(1, 60)),
    ),
    min_size=1,
    max_size=8,
)


def live(portfolio: list[Loan], plot: list[Any], close: Close) -> dict[str, list[Any]]:
    """Let days pass with closes and payments, at last one more close; what is there then."""
    at = AT
    for number, (what, days, *more) in enumerate(plot):
        at += timedelta(days=days, minutes=1)
        if what == "close":
            close(at)
            continue
        loan = portfolio[more[0] % len(portfolio)]
        loan.refresh_from_db()
        if loan.status in RUNNING:
            day = day_of(at) - timedelta(days=2 if what == "late news" else 0)
            amount = lending.amount_for(loan, more[1], on=day_of(at))
            lending.repaid(loan, amount=amount, key=str(number), effective=day, at=at)
    close(at + timedelta(days=1))
    return everything()


@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(kinds, min_size=1, max_size=6), happenings, st.integers(1, 4))
def test_a_set_of_loans_closes_as_each_by_itself(
    facility: Facility, kinds: list[dict[str, Any]], plot: list[Any], size: int
) -> None:
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        portfolio = [open_loan(facility, n, **kind) for n, kind in enumerate(kinds)]
        begun = transaction.savepoint_create()
        expected = live(portfolio, plot, one_by_one)
        transaction.savepoint_rollback(begun)
        for number in (size, 500):
            patch.setattr(closing, "SET", number)
            found = live(portfolio, plot, lambda at: closing.close_of_day(at=at))
            for name, rows in expected.items():
                assert found[name] == rows, name
            assert posting.check() == queries.check() == []
            transaction.savepoint_rollback(begun)
        transaction.set_rollback(True)


def test_a_close_costs_as_many_statements_for_many_as_for_few(facility: Facility) -> None:
    def statements(loans: int, days: int) -> int:
        for n in range(loans):
            open_loan(facility, n)
        with CaptureQueriesContext(connection) as seen:
            closing.close_of_day(at=AT + timedelta(days=days))
        return len(seen)

    assert statements(2, 5) == statements(8, 6)
    # Interest is posted for today already: nothing is read loan by loan, nothing is locked.
    with CaptureQueriesContext(connection) as seen:
        assert closing.close_of_day(at=AT + timedelta(days=6, hours=1)) == 0
    assert not any("FOR UPDATE" in one["sql"] and "lending_loan" in one["sql"] for one in seen)


@pytest.fixture
def chain(own_db: str) -> list[Loan]:
    """Loans with real commits, and the worker at work."""
    be("heliu_worker")
    with transaction.atomic():
        facility = seed()
        return [open_loan(facility, n) for n in range(5)]


def accrued_to(day: datetime) -> int:
    return Loan.objects.filter(accrued_to=day_of(day)).count()


def test_a_deal_in_somebodys_hands_is_passed_over_and_caught_up(
    chain: list[Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "PATIENCE", "50ms")
    at = AT + timedelta(days=1)
    name = connection.settings_dict["NAME"]
    with psycopg.connect(host=str(CLUSTER), user="heliu", dbname=name) as user:
        user.execute("select from trade_deal where id = %s for update", [chain[2].deal])
        assert closing.close_of_day(at=at) == 4
        assert accrued_to(at) == 4
    assert closing.close_of_day(at=at) == 1
    assert accrued_to(at) == 5
    assert closing.close_of_day(at=at) == 0
    assert posting.check() == queries.check() == []


def test_two_hands_close_side_by_side(chain: list[Loan], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "SET", 1)
    at = AT + timedelta(days=1)
    assert closing.close_of_day(at=at, hands=2) == accrued_to(at) == 5
    assert closing.close_of_day(at=at, hands=2) == 0
    assert posting.check() == queries.check() == []


def test_a_close_that_dies_is_gone_on_with(
    chain: list[Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "SET", 2)
    at, sets, mark = AT + timedelta(days=1), [], lending.mark_overdue

    def die_in_the_second(*args: Any, **also: Any) -> list[Loan]:
        sets.append(args)
        if len(sets) == 2:
            raise KeyboardInterrupt
        return mark(*args, **also)

    monkeypatch.setattr(closing.lending, "mark_overdue", die_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        closing.close_of_day(at=at)
    assert accrued_to(at) == 2
    assert closing.close_of_day(at=at) == 3
    assert accrued_to(at) == 5
    assert posting.check() == queries.check() == []
