"""What a loan costs, what is owed and what a payment pays."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.credit.models import DepositMode, Instrument, Programme, ReleaseMode
from heliu.capital.lending import agreement
from heliu.capital.lending.policies import allocating, covering, debt, offering
from heliu.capital.lending.policies.allocating import SaleCosts
from heliu.capital.lending.policies.covering import Earning
from heliu.capital.lending.policies.debt import Owed
from heliu.kernel.errors import Invalid

DAY = date(2026, 11, 2)
PROGRAMME = Programme(
    deposit_ratios=[Decimal("0.20"), Decimal("0.30")], days_options=[90, 30], max_tenor_days=180
)


@dataclass(frozen=True)
class Borrowing:
    """A loan as the rules see it."""

    principal: int = 800_000_00
    rate: Decimal = Decimal("5.4")
    day_count: str = "ACT/360"
    disbursed_on: date | None = DAY
    due_on: date = DAY + timedelta(days=90)
    grace_days: int = 3
    penalty_factor: Decimal = Decimal("1.5")
    is_principal_first: bool = False
    fee: int = 0
    fee_paid: int = 0
    interest_paid: int = 0
    penalty_paid: int = 0
    principal_repaid: int = 0
    is_promised: bool = False
    to_repay: int = 0


LOAN = Borrowing()
BILL = Instrument.ACCEPTANCE_BILL
CASH_MARGIN, TOTAL = DepositMode.CASH_MARGIN, 1_000_000_00
PROPORTIONAL, DEPOSIT_FIRST = ReleaseMode.PROPORTIONAL, ReleaseMode.DEPOSIT_FIRST
money = st.integers(1, 10**12)
ratios = st.decimals(Decimal("0.01"), Decimal("0.99"), places=4)


def test_the_terms_of_a_round_order() -> None:
    terms = offering.quote_terms(1_000_000_00, Decimal("0.20"), Decimal("5.4"), 90, DAY, PROGRAMME)
    assert (terms.deposit, terms.principal) == (200_000_00, 800_000_00)
    assert terms.interest == 10_800_00  # 800,000 x 5.4 % x 90/360
    assert (terms.fee, terms.total_cost) == (0, 10_800_00)
    assert terms.due_on == date(2027, 1, 31)
    assert terms.apr == Decimal("5.4750")  # 10,800 / 800,000 x 365/90
    assert terms.effective_rate == Decimal("5.5890")  # 1.0135 ^ (365/90) - 1


def test_a_fee_makes_the_loan_dearer() -> None:
    dear = Programme(deposit_ratios=[], days_options=[], fee_rate=Decimal("0.5"))
    terms = offering.quote_terms(1_000_000_00, Decimal("0.20"), Decimal("5.4"), 90, DAY, dear)
    assert (terms.fee, terms.total_cost) == (4_000_00, 14_800_00)
    assert terms.apr == Decimal("7.5028")


def test_a_fee_that_makes_a_day_cost_a_fortune_is_refused() -> None:
    slip = Programme(deposit_ratios=[], days_options=[], fee_rate=Decimal(50))
    with pytest.raises(Invalid, match="cost-absurd"):
        offering.quote_terms(1_000_000_00, Decimal("0.20"), Decimal("5.4"), 1, DAY, slip)


def test_a_margin_makes_the_loan_larger_and_dearer_for_what_is_in_use() -> None:
    kept = Programme(deposit_ratios=[], days_options=[], deposit_mode=CASH_MARGIN)
    terms = offering.quote_terms(1_000_000_00, Decimal("0.20"), Decimal("5.4"), 90, DAY, kept)
    assert (terms.deposit, terms.principal) == (200_000_00, 1_000_000_00)
    assert (terms.margin, terms.draws, terms.order_total) == (200_000_00, 800_000_00, TOTAL)
    assert terms.interest == 13_500_00  # 1,000,000 x 5.4 % x 90/360
    assert terms.apr == Decimal("6.8438")  # 13,500 / 800,000 x 365/90
    assert terms.effective_rate == Decimal("7.0222")  # (813,500 / 800,000) ^ (365/90) - 1


def test_a_bill_costs_its_fee_at_once_and_nothing_more() -> None:
    bill = Programme(
        deposit_ratios=[], days_options=[], fee_rate=Decimal("0.05"), deposit_mode=CASH_MARGIN,
        instrument=BILL, release_mode=DEPOSIT_FIRST,
    )  # fmt: skip
    terms = offering.quote_terms(TOTAL, Decimal("0.20"), Decimal("5.4"), 89, DAY, bill)
    assert (terms.principal, terms.margin, terms.draws) == (TOTAL, 200_000_00, 800_000_00)
    assert (terms.interest, terms.fee, terms.total_cost) == (0, 500_00, 500_00)
    assert (terms.due_now, terms.due_in_the_end) == (200_500_00, 800_000_00)
    assert terms.due_on == date(2027, 2, 1)  # the 89th day is a Saturday
    assert terms.apr == Decimal("0.2563")  # 500 / 800,000 x 365/89
    assert terms.effective_rate == Decimal("0.2511")  # (800,000 / 799,500) ^ (365/91) - 1
    assert offering.grace_of(bill) == 0


@pytest.mark.parametrize(("day", "then"), [(30, 30), (31, 33), (32, 33), (33, 33)])
def test_a_bill_that_ends_on_a_weekend_is_paid_on_the_monday(day: int, then: int) -> None:
    friday = date(2027, 1, 29) - timedelta(days=30)
    assert offering.due_day(BILL, friday, day) == friday + timedelta(days=then)
    assert offering.due_day("LOAN", friday, day) == friday + timedelta(days=day)


def test_what_is_paid_before_a_bill_is_due_is_margin() -> None:
    bill = replace(LOAN, disbursed_on=None, is_promised=True, to_repay=600_000_00, fee=5_00)
    owing = debt.owed(bill, [], DAY)
    assert owing == Owed(600_000_00, 0, 0, 5_00)
    paid = allocating.allocate(bill, owing, 700_000_00, DAY)
    assert (paid.fee, paid.margin, paid.principal) == (5_00, 600_000_00, 0)
    assert paid.unapplied == 100_000_00 - 5_00


@given(money, ratios)
def test_deposit_and_loan_make_the_order_and_the_loan_is_never_too_large(
    total: int, ratio: Decimal
) -> None:
    if total * (1 - ratio) < 1:
        with pytest.raises(Invalid, match="nothing-to-finance"):
            offering.quote_terms(total, ratio, Decimal("5.4"), 30, DAY, PROGRAMME)
        return
    terms = offering.quote_terms(total, ratio, Decimal("5.4"), 30, DAY, PROGRAMME)
    assert terms.deposit + terms.principal == total
    assert total * ratio <= terms.deposit < total * ratio + 1


@pytest.mark.parametrize("days", [0, -1, 181])
def test_terms_outside_the_programme_are_refused(days: int) -> None:
    with pytest.raises(Invalid) as refusal:
        offering.quote_terms(100_00, Decimal("0.20"), Decimal(5), days, DAY, PROGRAMME)
    assert refusal.value.code == "days-outside"


def test_the_grid_offers_every_deposit_from_the_least_by_every_term() -> None:
    offers = offering.grid(1_000_00, Decimal("0.20"), Decimal(5), DAY, PROGRAMME)
    assert [(o.deposit_ratio, o.days) for o in offers] == [
        (Decimal("0.20"), 30),
        (Decimal("0.20"), 90),
        (Decimal("0.30"), 30),
        (Decimal("0.30"), 90),
    ]
    assert not offering.grid(1_000_00, Decimal("0.31"), Decimal(5), DAY, PROGRAMME)


def test_interest_runs_on_what_is_left() -> None:
    after_30 = DAY + timedelta(days=30)
    half = [(after_30, 400_000_00)]
    assert debt.charges(LOAN, half, DAY).interest == 0
    assert debt.charges(LOAN, half, after_30).interest == 3_600_00
    assert debt.charges(LOAN, half, DAY + timedelta(days=90)).interest == 3_600_00 + 3_600_00


@given(st.lists(st.integers(0, 90), min_size=1, max_size=8), st.integers(1, 10**10), st.data())
def test_days_posted_one_by_one_sum_to_the_whole(
    days: list[int], principal: int, data: st.DataObject
) -> None:
    loan = replace(LOAN, principal=principal)
    left, repaid = principal, []
    for day in sorted(days):
        part = data.draw(st.integers(0, left))
        left -= part
        repaid.append((DAY + timedelta(days=day), part))
    posted = 0
    for day in range(1, 95):
        on = DAY + timedelta(days=day)
        target = debt.charges(loan, [r for r in repaid if r[0] <= on], on).interest
        assert target >= posted
        posted = target
    assert posted == debt.charges(loan, repaid, DAY + timedelta(days=94)).interest


def test_late_payment_costs_half_as_much_again_from_the_due_day_once_grace_is_lost() -> None:
    due = LOAN.due_on
    in_grace = debt.charges(LOAN, [], due + timedelta(days=3))
    assert in_grace == debt.Charges(10_800_00 + 360_00, 0)
    lost = debt.charges(LOAN, [], due + timedelta(days=10))
    # Ten days at 8.1 % in all, of which three at 5.4 % are ordinary interest.
    assert lost.interest == 10_800_00 + 360_00
    assert lost.interest + lost.penalty == 10_800_00 + 1_800_00


parts = st.integers(0, 10**9)


@given(
    st.builds(Owed, parts, parts, parts, parts),
    st.integers(0, 5 * 10**9),
    st.booleans(),
    st.booleans(),
)
def test_a_payment_is_shared_out_to_the_fen_and_pays_nothing_twice(
    owing: Owed, amount: int, is_late: bool, is_principal_first: bool
) -> None:
    loan = replace(LOAN, is_principal_first=is_principal_first)
    on = loan.due_on + timedelta(days=1 if is_late else -1)
    paid = allocating.allocate(loan, owing, amount, on)
    assert paid.total == amount
    assert paid.unapplied == max(0, amount - owing.total)
    for part in ("fee", "penalty", "interest", "principal"):
        assert 0 <= getattr(paid, part) <= getattr(owing, part)
    order = ["fee", "penalty", "interest", "principal"]
    if is_principal_first and not is_late:
        order = ["fee", "penalty", "principal", "interest"]
    for first, then in itertools.pairwise(order):
        assert not getattr(paid, then) or getattr(paid, first) == getattr(owing, first)


@given(
    st.builds(Owed, parts, parts, parts, parts),
    st.builds(SaleCosts, parts, parts),
    st.integers(0, 7 * 10**9),
    st.booleans(),
)
def test_a_sale_pays_its_costs_before_the_debt_and_the_debt_as_ever(
    owing: Owed, costs: SaleCosts, price: int, is_principal_first: bool
) -> None:
    loan = replace(LOAN, is_principal_first=is_principal_first)
    on = loan.due_on + timedelta(days=30)
    paid = allocating.allocate(loan, owing, price, on, costs=costs)
    assert paid.total == price
    assert paid.costs == min(price, costs.total)
    assert paid.unapplied == max(0, price - costs.total - owing.total)
    without = allocating.allocate(loan, owing, price - paid.costs, on)
    assert replace(paid, costs=0) == without


@given(parts, parts, st.data())
def test_what_comes_after_writing_off_pays_interest_first(
    principal: int, interest: int, data: st.DataObject
) -> None:
    recovered = data.draw(st.integers(0, principal + interest))
    left = debt.owed_after_write_off(principal=principal, interest=interest, recovered=recovered)
    assert left.total == principal + interest - recovered
    assert min(left.principal, left.interest) >= 0
    assert left.interest == 0 or left.principal == principal


@given(
    st.builds(Owed, st.integers(1, 800_000_00), parts, parts, parts),
    st.integers(1, 100),
    st.booleans(),
)
def test_the_amount_for_a_share_repays_exactly_that_share(
    owing: Owed, percent: int, is_principal_first: bool
) -> None:
    loan = replace(LOAN, is_principal_first=is_principal_first)
    amount = allocating.amount_for(loan, owing, percent, DAY)
    paid = allocating.allocate(loan, owing, amount, DAY)
    assert paid.principal == min(800_000_00 * percent // 100, owing.principal)
    assert paid.unapplied == 0
    assert allocating.amount_for(loan, owing, percent, DAY, last=True) == owing.total
    assert allocating.amount_for(loan, owing, 100, DAY) == owing.total


@pytest.mark.parametrize("percent", [0, -1, Decimal("100.01")])
def test_a_share_outside_the_loan_is_refused(percent: Decimal) -> None:
    with pytest.raises(Invalid):
        allocating.amount_for(LOAN, Owed(1, 0, 0, 0), percent, DAY)


def earned(principal: int, repaid: int) -> Earning:
    """What counts where nothing but repayments does."""
    return Earning(principal, repaid, repaid)


@given(money, st.data())
def test_goods_come_free_in_the_share_that_is_repaid(pledged: int, data: st.DataObject) -> None:
    principal = data.draw(st.integers(1, 10**12))
    less, more = sorted(data.draw(st.tuples(*[st.integers(0, principal)] * 2)))
    first = covering.entitlement(PROPORTIONAL, earned(principal, less), pledged)
    then = covering.entitlement(PROPORTIONAL, earned(principal, more), pledged)
    assert 0 <= first <= then <= pledged
    # Rounded down: what stays pledged covers at least the share that is owed.
    assert (pledged - first) * principal >= pledged * (principal - less)
    assert covering.entitlement(PROPORTIONAL, earned(principal, principal), pledged) == pledged


@given(st.integers(2, 10**12), st.data())
def test_goods_that_come_free_for_the_deposit_leave_goods_worth_the_debt(
    order: int, data: st.DataObject
) -> None:
    deposit = data.draw(st.integers(0, order - 1))
    principal = order - deposit
    lost = data.draw(st.integers(0, principal))  # refunded by the seller, so repaid by it
    own = data.draw(st.integers(0, principal - lost))
    earning = Earning(principal, lost + own, deposit + own)
    freed = covering.entitlement(DEPOSIT_FIRST, earning, order - lost)
    assert 0 <= freed <= order - lost
    assert order - lost - freed == principal - lost - own


def test_goods_come_free_on_arrival_for_what_was_paid_before() -> None:
    assert covering.frees_on_arrival(DEPOSIT_FIRST, 0)
    assert covering.frees_on_arrival(PROPORTIONAL, 1)
    assert not covering.frees_on_arrival(PROPORTIONAL, 0)


def test_the_agreement_says_the_same_figures_in_both_languages() -> None:
    terms = offering.quote_terms(1_000_000_00, Decimal("0.20"), Decimal("5.4"), 90, DAY, PROGRAMME)
    texts = [
        agreement.agreement_text(
            terms,
            agreement.Names("Dealer", "Maker", "Bank"),
            agreement.Lateness(3, Decimal("1.5")),
            language,
            number="LN-2611-000001",
            quoted_on=DAY,
            day_count="ACT/360",
        )
        for language in agreement.LANGUAGES
    ]
    for said in (
        "LN-2611-000001", "CNY 1,000,000.00", "CNY 200,000.00", "CNY 800,000.00", "CNY 10,800.00",
        "5.4", "5.475", "5.589", "8.1", "2027-01-31", "90", "Dealer", "Maker", "Bank", "ACT/360",
    ):  # fmt: skip
        assert all(said in text for text in texts), said
    assert all("{" not in text for text in texts)
    digest = agreement.digest_of(*texts)
    assert len(digest) == 64
    assert digest != agreement.digest_of(texts[0], texts[1] + " ")
