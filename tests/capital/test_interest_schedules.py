"""Schedules against published ones, and what must always hold."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.interest import (
    Convention,
    Rate,
    RateTable,
    Rounding,
    bullet,
    equal_instalment,
    equal_principal,
    interest,
    interest_dues,
    monthly_dues,
    xirr,
)

NEW_YEAR = date(2024, 1, 1)

# Apache Fineract, EMICalculation.feature, scenarios C3154, C3155, C3157, C3159, and C3165, which
# nudges: (principal in cents, rate, instalments, months, convention, nudge), then (principal,
# interest) of each line.
FINERACT = [
    (
        (10000, "12", 6, 1, "30/360", False),
        [(1625, 100), (1641, 84), (1658, 67), (1674, 51), (1691, 34), (1711, 17)],
    ),
    (
        (10000, "9.4822", 6, 1, "30/360", False),
        [(1634, 79), (1647, 66), (1660, 53), (1673, 40), (1686, 27), (1700, 13)],
    ),
    ((10000, "12", 3, 2, "30/360", False), [(3268, 200), (3333, 135), (3399, 68)]),
    (
        (10000, "12", 6, 1, "ACT/365F", False),
        [(1623, 102), (1645, 80), (1656, 69), (1675, 50), (1690, 35), (1711, 17)],
    ),
    (
        (7500, "12.3", 5, 1, "30/360", True),
        [(1470, 77), (1485, 62), (1500, 47), (1516, 31), (1529, 16)],
    ),
]


@pytest.mark.parametrize(("loan", "lines"), FINERACT)
def test_equal_instalments_as_published(
    loan: tuple[int, str, int, int, str, bool], lines: list[tuple[int, int]]
) -> None:
    principal, rate, count, every, convention, nudge = loan
    dues = monthly_dues(NEW_YEAR, count, every=every)
    found = equal_instalment(principal, Decimal(rate), NEW_YEAR, dues, convention, nudge=nudge)
    assert [(line.principal, line.interest) for line in found] == lines


def test_a_nudge_is_taken_only_when_the_last_payment_comes_nearer() -> None:
    dues = monthly_dues(NEW_YEAR, 5)
    plain, nudged = (
        equal_instalment(7500, Decimal("12.3"), NEW_YEAR, dues, "30/360", nudge=nudge)
        for nudge in (False, True)
    )
    assert (plain[0].payment, plain[-1].payment) == (1546, 1549)
    assert (nudged[0].payment, nudged[-1].payment) == (1547, 1545)
    dues = monthly_dues(NEW_YEAR, 6)
    plain, nudged = (
        equal_instalment(10000, Decimal(12), NEW_YEAR, dues, "30/360", nudge=nudge)
        for nudge in (False, True)
    )
    assert plain == nudged


def test_dues_of_a_loan_from_the_end_of_a_month() -> None:
    assert monthly_dues(date(2026, 1, 31), 3) == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_interest_on_the_twentieth_and_the_rest_at_the_end() -> None:
    start, end = date(2026, 1, 20), date(2026, 4, 5)
    dues = interest_dues(start, end)
    assert dues == [date(2026, 2, 20), date(2026, 3, 20), end]
    lines = bullet(100_000_000, Decimal("4.35"), start, dues, "ACT/360")
    assert [line.principal for line in lines] == [0, 0, 100_000_000]
    assert [line.interest for line in lines] == [374_583, 338_333, 193_333]
    assert interest_dues(date(2026, 1, 5), end, day=21)[0] == date(2026, 1, 21)
    assert interest_dues(start, date(2026, 2, 20)) == [date(2026, 2, 20)]
    with pytest.raises(ValueError, match="every month"):
        interest_dues(start, end, day=31)


def test_one_bullet_is_plain_interest() -> None:
    due = date(2024, 3, 31)
    (line,) = bullet(5_000_000, Decimal("5.6"), NEW_YEAR, [due], "ACT/360")
    assert line.interest == interest(5_000_000, Decimal("5.6"), NEW_YEAR, due, "ACT/360") == 70_000
    assert line.payment == 5_070_000


def test_a_rate_that_is_reset_changes_the_interest_of_its_days_only() -> None:
    table = RateTable(((NEW_YEAR, Decimal(12)), (date(2024, 2, 16), Decimal(6))))
    lines = equal_principal(30_000, table, NEW_YEAR, monthly_dues(NEW_YEAR, 3), "30/360")
    assert [line.principal for line in lines] == [10_000] * 3
    assert [line.interest for line in lines] == [300, 150, 50]


@pytest.mark.parametrize("dues", [[], [NEW_YEAR], [date(2024, 3, 1), date(2024, 2, 1)]])
def test_due_days_must_rise(dues: list[date]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        bullet(1, Decimal(1), NEW_YEAR, dues, "ACT/360")


def test_a_schedule_needs_a_principal() -> None:
    with pytest.raises(ValueError, match="needs a principal"):
        bullet(0, Decimal(1), NEW_YEAR, [date(2024, 2, 1)], "ACT/360")


DUES = st.lists(st.integers(1, 70), min_size=1, max_size=24).map(
    lambda gaps: [NEW_YEAR + timedelta(days=sum(gaps[: i + 1])) for i in range(len(gaps))]
)


@given(
    st.sampled_from([bullet, equal_principal, equal_instalment]),
    st.integers(1, 10**11),
    st.decimals(0, 36, places=4),
    DUES,
    st.sampled_from(Convention),
    st.sampled_from(Rounding),
)
def test_principal_sums_to_the_loan(
    make: type, principal: int, rate: Decimal, dues: list[date], convention: str, rounding: Rounding
) -> None:
    lines = make(principal, rate, NEW_YEAR, dues, convention, rounding)
    assert sum(line.principal for line in lines) == principal
    assert lines[-1].left == 0
    assert [line.due for line in lines] == dues
    assert all(line.principal >= 0 and line.interest >= 0 for line in lines)
    for before, after in pairwise(lines):
        assert after.start == before.due
        assert before.left - after.left == after.principal
    if rate == 0:
        assert all(line.interest == 0 for line in lines)


@given(
    st.integers(10**4, 10**11),
    st.decimals("0.1", 36, places=4),
    st.integers(1, 60),
    st.sampled_from(Convention),
    st.booleans(),
)
def test_instalments_are_equal_and_the_last_within_the_residue(
    principal: int, rate: Decimal, count: int, convention: Convention, nudge: bool
) -> None:
    lines = equal_instalment(
        principal, rate, NEW_YEAR, monthly_dues(NEW_YEAR, count), convention, nudge=nudge
    )
    payments = [line.payment for line in lines]
    assert len(set(payments[:-1])) <= 1
    # Each line rounds by half a fen at most, and the debt lets it grow by the interest on it.
    assert abs(payments[-1] - payments[0]) <= count * (1 + rate / 100) ** (count // 12 + 1)


@given(st.integers(10**9, 10**11), st.integers(1, 24), st.integers(1, 24))
def test_the_effective_rate_of_a_schedule_is_its_rate(
    principal: int, per_cent: int, count: int
) -> None:
    """Yearly dues a true year apart: compounding once a year, the effective rate is the nominal."""
    dues = [NEW_YEAR + timedelta(days=365 * (i + 1)) for i in range(count)]
    lines = equal_instalment(principal, Decimal(per_cent), NEW_YEAR, dues, "ACT/365F")
    flows = [(NEW_YEAR, principal), *((line.due, -line.payment) for line in lines)]
    found = xirr(flows, places=3)
    assert isinstance(found, Rate)
    assert found.per_cent == per_cent
