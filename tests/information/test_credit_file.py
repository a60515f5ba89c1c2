"""The credit file: as of a moment, with consent, every figure with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.credit import operations as credit
from heliu.capital.credit.features import CreditFeatures
from heliu.capital.credit.models import Facility, Programme
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan
from heliu.capital.lending.policies.offering import quote_terms
from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus
from heliu.information.credit_file import operations
from heliu.information.credit_file.evidence import (
    BillSeen,
    Evidence,
    LoanSeen,
    OrderSeen,
    Standing,
    features_of,
)
from heliu.information.credit_file.figures import figures_of, months_of
from heliu.information.credit_file.models import PaymentExperience
from heliu.information.credit_file.operations import Paid
from heliu.information.credit_file.queries import CreditFile, build
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import day_of
from heliu.kernel.consent.operations import disclose, withdraw
from heliu.kernel.goods.models import Family, Sku, UnitOfMeasure
from heliu.kernel.ids import new_id
from heliu.kernel.parties.models import Organization, TradingRelationship

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
DAY = day_of(AT)
SYSTEM = Actor.system()
DEALER, SELLER, OTHER, LENDER = (new_id() for _ in range(4))
SIGNER = Actor(new_id(), "Owner", DEALER, (DEALER,), frozenset({"consent", "sign"}))


@pytest.fixture
def chain(db: None, as_worker) -> Iterator[Sku]:
    with as_worker():
        for org in (DEALER, SELLER, OTHER, LENDER):
            Organization.objects.create(id=org, code=f"o-{org.hex[-8:]}", name="Somebody")
        TradingRelationship.objects.create(
            buyer=DEALER, seller=SELLER, since=DAY - timedelta(days=400)
        )
        family, _ = Family.objects.get_or_create(code="f", name="F", name_zh="F")
        unit, _ = UnitOfMeasure.objects.get_or_create(code="ea", name="piece", name_zh="件")
        yield Sku.objects.create(seller=SELLER, code="A", name="A", family=family, unit=unit)


def order(
    sku: Sku, days_ago: int, total: int, *, seller: UUID = SELLER, damaged: int = 0, **more: object
) -> Order:
    """An order of `total` pieces of one fen, completed five days later."""
    placed = AT - timedelta(days=days_ago)
    made = Order.objects.create(
        number=f"SO-{new_id().hex[-12:]}",
        buyer=DEALER,
        seller=seller,
        warehouse=DEALER,
        pay_by="TRANSFER",
        total=total,
        placed_by_name="Somebody",
        placed_at=placed,
        **{"status": "COMPLETED", "completed_at": placed + timedelta(days=5), **more},
    )
    OrderLine.objects.create(
        order=made, buyer=DEALER, seller=seller, position=1, sku=sku, quantity=total,
        unit_price=1, amount=total, shipped=total, received=total - damaged, damaged=damaged,
    )  # fmt: skip
    return made


def bill(days_ago: int, days_late: int, *, seller: UUID = SELLER, noted: datetime = AT) -> None:
    paid_on = DAY - timedelta(days=days_ago)
    one = Paid(DEALER, seller, new_id(), "SO-1", paid_on - timedelta(days=days_late), paid_on, 100)
    operations.note_payments([one], at=noted)


def file(at: datetime = AT, seller: UUID | None = SELLER) -> CreditFile:
    return build(borrower=DEALER, lender=LENDER, seller=seller, at=at)


def a_loan(started: datetime) -> Loan:
    programme = Programme.objects.create(
        lender=LENDER, seller=SELLER, name="P", deposit_ratios=[Decimal("0.2")],
        days_options=[30], single_name_cap=10**9, auto_approve_cap=10**9,
    )  # fmt: skip
    assessment = credit.assess(
        CreditFeatures(), borrower=DEALER, lender=LENDER, programme=programme, actor=SYSTEM,
        at=started,
    )  # fmt: skip
    facility = credit.grant(assessment, actor=SYSTEM, at=started, limit=1_600_00)
    terms = quote_terms(1_000_00, Decimal("0.2"), Decimal(6), 30, day_of(started), programme)
    loan = lending.quote(
        deal=new_id(), order_id=new_id(), order_total=1_000_00, borrower=DEALER, seller=SELLER,
        lender=LENDER, facility=facility, programme=programme, terms=terms, actor=SYSTEM,
        at=started,
    )  # fmt: skip
    lending.sign(loan, actor=SIGNER, agreement_digest=loan.agreement_digest, at=started)
    lending.deposit_booked(loan, amount=200_00, at=started)
    lending.disbursing(loan, at=started)
    lending.disbursed(loan, effective=day_of(started), at=started)
    lending.own_share_moved(loan, at=started)
    lending.paying_seller(loan, at=started)
    return lending.seller_paid(loan, at=started)


def test_a_dealer_nobody_knows_has_an_empty_file(db: None) -> None:
    found = file()
    assert found.features == CreditFeatures()
    assert len(found.months) == 24
    assert all(figure.rows == 0 for figure in found.figures)


def test_buying_counts_within_its_window_and_with_its_rows(chain: Sku) -> None:
    for days_ago in (1, 20, 80, 100, 300, 500):
        order(chain, days_ago, 1_000_00)
    got = file().features
    assert got.is_verified
    assert got.tenure_days == 500  # the first order is older than the relationship
    assert (got.orders_30, got.orders_90, got.orders_365) == (2, 3, 5)
    assert (got.value_30, got.value_90, got.value_365) == (2_000_00, 3_000_00, 5_000_00)
    assert got.trend == 200  # 3,000 against 1,000 in the 90 days before
    assert got.longest_gap_days == 200
    assert sum(got.monthly_value) == 5_000_00
    figures = {figure.code: figure for figure in file().figures}
    assert (figures["orders_90"].value, figures["orders_90"].rows) == (3, 3)
    assert len(figures["orders_90"].refs) == 3
    assert figures["value_365"].rows == 5


def test_cancelled_orders_do_not_count_and_damage_does(chain: Sku) -> None:
    order(chain, 10, 1_000, damaged=30)
    order(
        chain, 9, 5_000, status=OrderStatus.CANCELLED, completed_at=None,
        cancelled_at=AT - timedelta(days=8),
    )  # fmt: skip
    assert file().features.value_30 == 1_000
    assert file().features.returns == 3


def test_paying_late_shows(chain: Sku) -> None:
    for days_late in (0, 0, 0, 12):
        bill(30, days_late)
    got = file().features
    assert (got.payments, got.on_time, got.mean_days_late, got.max_days_late) == (4, 75, 3, 12)


def test_a_bill_noted_twice_is_one(chain: Sku) -> None:
    one = Paid(DEALER, SELLER, new_id(), "SO-1", DAY, DAY, 100)
    operations.note_payments([one, one], at=AT)
    operations.note_payments([one], at=AT)
    assert PaymentExperience.objects.count() == 1


def test_a_running_and_a_repaid_loan_show(chain: Sku) -> None:
    started = AT - timedelta(days=20)
    loan = a_loan(started)
    got = file().features
    assert (got.past_draws, got.clean_cycles) == (1, 0)
    assert (got.exposure, got.current_limit, got.facility_use) == (800_00, 1_600_00, 50)
    ten = started + timedelta(days=10)
    owed = lending.owed(loan, day_of(ten)).total
    lending.repaid(loan, amount=owed, key="k", effective=day_of(ten), at=ten)
    got = file().features
    assert (got.exposure, got.facility_use, got.clean_cycles) == (0, 0, 1)
    assert (got.draw_to_repay_days, got.on_time) == (10, 100)
    assert sum(month.repaid for month in file().months) == owed


def test_a_loan_that_is_late_shows_as_overdue(chain: Sku) -> None:
    a_loan(AT - timedelta(days=34))
    assert file().features.overdue_now == 800_00
    assert file(AT - timedelta(days=1)).features.overdue_now == 0  # the last day of grace


def test_nothing_that_came_later_changes_an_earlier_file(chain: Sku) -> None:
    then = AT - timedelta(days=60)
    order(chain, 100, 1_000)
    open_then = order(chain, 62, 2_000, damaged=500)  # completed after `then`
    bill(70, 5, noted=then)
    loan = a_loan(AT - timedelta(days=80))
    before = file(then)
    assert before.features.returns == 0
    assert before.features.exposure == 800_00

    order(chain, 30, 9_000, damaged=100)
    bill(10, 40)
    bill(75, 40)  # paid before, but noted only now
    Order.objects.filter(pk=open_then.pk).update(
        status="CANCELLED", cancelled_at=AT, completed_at=None
    )
    lending.repaid(loan, amount=500_00, key="k", effective=DAY, at=AT)
    facility = Facility.objects.get()
    credit.grant(facility.assessment, actor=SYSTEM, at=AT, limit=9_000_00)
    disclose(actor=SIGNER, to=LENDER, text_digest="x", at=AT)
    order(chain, 90, 7_000, seller=OTHER)

    assert file(then) == before
    assert file().features != before.features
    assert file().features.current_limit == 9_000_00


def test_other_sellers_are_seen_only_with_consent(chain: Sku) -> None:
    order(chain, 10, 1_000)
    order(chain, 10, 3_000, seller=OTHER)
    bill(10, 20, seller=OTHER)
    closed = file()
    assert (closed.is_disclosed, closed.features.seller_share) == (False, None)
    assert closed.features.max_days_late is None
    given_ = disclose(actor=SIGNER, to=LENDER, text_digest="x", at=AT)
    opened = file()
    assert (opened.is_disclosed, opened.features.seller_share) == (True, 25)
    assert opened.features.max_days_late == 20
    # Its limit still rests on what it buys here.
    assert opened.features.value_30 == 1_000
    assert file(seller=None).features.value_30 == 4_000
    withdraw(given_.pk, actor=SIGNER, at=AT)
    assert not file().is_disclosed
    assert not file(AT + timedelta(days=400)).is_disclosed
    assert file(seller=None).features.value_30 == 0


def test_a_file_takes_one_statement(chain: Sku) -> None:
    for days_ago in range(1, 40):
        order(chain, days_ago, 1_000)
    with CaptureQueriesContext(connection) as caught:
        file()
    assert len(caught) == 1


def test_the_web_sees_no_more_than_the_parties_it_acts_for(chain: Sku) -> None:
    order(chain, 10, 1_000)
    bill(10, 20)
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    with acting_for([DEALER, SELLER, LENDER]):
        assert file().features.value_30 == 1_000
        assert PaymentExperience.objects.count() == 1
    with acting_for([LENDER]):
        assert file().features.value_30 == 0
        assert PaymentExperience.objects.count() == 0


# The figures, worked out from rows

moments = st.integers(0, 730).map(lambda days: AT - timedelta(days=days))
orders = st.lists(
    st.builds(
        lambda placed, total, lost: OrderSeen(
            "SO", SELLER, placed, total, True, min(lost, total)
        ),
        moments, st.integers(0, 10**9), st.integers(0, 10**9),
    ),
    max_size=30,
).map(lambda rows: sorted(rows, key=lambda row: row.placed_at))  # fmt: skip
KNOWN = Standing(True, DAY - timedelta(days=800), False, 1_000)


@given(orders)
def test_figures_stay_within_their_range(rows: list[OrderSeen]) -> None:
    got = features_of(Evidence(KNOWN, rows, [], [], []), at=AT)
    assert got.orders_30 <= got.orders_90 <= got.orders_365 <= len(rows)
    assert got.value_30 <= got.value_90 <= got.value_365
    assert sum(got.monthly_value) <= got.value_365
    assert got.returns is None or 0 <= got.returns <= 100
    assert got.longest_gap_days is None or 0 <= got.longest_gap_days <= 366
    assert got.volatility is None or got.volatility >= 0
    assert got.trend is None or got.trend >= -100
    evidence = Evidence(KNOWN, rows, [], [], [])
    months = months_of(evidence, at=AT)
    assert len(months) == 24
    assert months[-1].start == date(2026, 11, 1)
    assert sum(month.bought for month in months) <= sum(row.total for row in rows)
    for figure in figures_of(got, evidence, at=AT):
        assert len(figure.refs) <= min(5, figure.rows)


def test_even_months_are_not_volatile() -> None:
    rows = [
        OrderSeen("SO", SELLER, AT - timedelta(days=30 * n + 1), 100, True, 0)
        for n in reversed(range(12))
    ]
    got = features_of(Evidence(KNOWN, rows, [], [], []), at=AT)
    assert (got.volatility, got.trend, got.monthly_value) == (0, 0, (100,) * 12)


def test_clean_cycles_begin_anew_after_a_late_loan() -> None:
    def loan(paid_days_ago: int, late: bool) -> LoanSeen:
        paid = DAY - timedelta(days=paid_days_ago)
        due = paid - timedelta(days=4) if late else paid
        return LoanSeen("LN", due - timedelta(days=30), due, 3, 100, 100, paid)

    loans = [loan(100, False), loan(80, True), loan(60, False), loan(40, False)]
    got = features_of(Evidence(KNOWN, [], [], [], loans), at=AT)
    assert (got.past_draws, got.clean_cycles, got.max_days_late, got.on_time) == (4, 2, 4, 75)
    within_grace = replace(loans[1], paid_off_on=loans[1].due_on + timedelta(days=3))
    got = features_of(Evidence(KNOWN, [], [], [], [within_grace]), at=AT)
    assert (got.clean_cycles, got.max_days_late) == (1, 0)


def test_bills_paid_early_are_not_late() -> None:
    early = BillSeen("SO", DAY, DAY - timedelta(days=5), 100)
    assert early.days_late == 0
