"""What a loan costs a year: one rate, none, or several, never a guess."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.interest import NoRate, Rate, SeveralRates, Why, apr_simple, xirr

DAY = date(2026, 1, 1)


def yearly(*amounts: int) -> list[tuple[date, int]]:
    """Flows exactly 365 days apart."""
    return [(DAY + timedelta(days=365 * n), amount) for n, amount in enumerate(amounts)]


def test_two_ten_net_thirty() -> None:
    """Paying 98 for 100 twenty days early: 37.24 % simple, 44.59 % effective."""
    assert apr_simple(2, 98, 20, places=2) == Decimal("37.24")
    assert apr_simple(2, 98, 20) == Decimal("37.2449")
    found = xirr([(DAY, 98), (DAY + timedelta(days=20), -100)], places=2)
    assert found == Rate(Decimal("44.59"))


def test_the_worked_example_of_spreadsheets() -> None:
    """The example in Microsoft's page on XIRR: 0.373362535."""
    flows = [
        (date(2008, 1, 1), -10000),
        (date(2008, 3, 1), 2750),
        (date(2008, 10, 30), 4250),
        (date(2009, 2, 15), 3250),
        (date(2009, 4, 1), 2750),
    ]
    assert xirr(flows, places=5) == Rate(Decimal("37.33625"))
    assert xirr(list(reversed(flows)), places=5) == Rate(Decimal("37.33625"))


@pytest.mark.parametrize(
    ("amounts", "rates"),
    [
        ((-100, 230, -132), ("10.0000", "20.0000")),
        ((-1000, 3600, -4310, 1716), ("10.0000", "20.0000", "30.0000")),
        ((-100, 150, -50), ("-50.0000", "0.0000")),
    ],
)
def test_several_rates_are_all_named(amounts: tuple[int, ...], rates: tuple[str, ...]) -> None:
    assert xirr(yearly(*amounts)) == SeveralRates(tuple(map(Decimal, rates)))


@pytest.mark.parametrize(
    ("amounts", "rate"),
    [
        ((-100, 200, -100), "0.0000"),  # the two rates have become one
        ((-100, 10), "-90.0000"),
        ((-100, 100), "0.0000"),
        ((-1, 9000), "899900.0000"),
    ],
)
def test_one_rate_wherever_it_lies(amounts: tuple[int, ...], rate: str) -> None:
    assert xirr(yearly(*amounts)) == Rate(Decimal(rate))


@pytest.mark.parametrize("rate", range(-48, 300, 4))
def test_two_rates_that_have_become_one_are_one(rate: int) -> None:
    """−(100 − (100 + rate)·v)² touches zero without crossing it."""
    factor = 100 + rate
    assert xirr(yearly(-10000, 200 * factor, -factor * factor)) == Rate(Decimal(rate))


def test_no_rate_is_said_with_its_reason() -> None:
    assert xirr([]) == NoRate(Why.ONE_SIDED)
    assert xirr(yearly(-100, -1)) == NoRate(Why.ONE_SIDED)
    assert xirr([(DAY, 100), (DAY, -100)]) == NoRate(Why.ONE_SIDED)
    assert xirr(yearly(-100, 199, -100)) == NoRate(Why.NO_ROOT)
    assert xirr([(DAY, -1), (DAY + timedelta(days=1), 1000)]) == NoRate(Why.NO_ROOT)


@pytest.mark.parametrize(("received", "days"), [(0, 10), (-1, 10), (100, 0)])
def test_a_simple_rate_needs_money_and_time(received: int, days: int) -> None:
    with pytest.raises(ValueError, match="money received"):
        apr_simple(1, received, days)


def worth(flows: list[tuple[date, int]], per_cent: Decimal) -> tuple[float, float]:
    """The worth of flows at a rate, and the size of its terms."""
    start = min(day for day, _ in flows)
    terms = [
        amount * (1 + float(per_cent) / 100) ** (-(day - start).days / 365) for day, amount in flows
    ]
    return sum(terms), sum(map(abs, terms))


FLOWS = st.lists(
    st.tuples(
        st.integers(0, 3650).map(lambda n: DAY + timedelta(days=n)),
        st.integers(-(10**9), 10**9),
    ),
    max_size=12,
)


@given(FLOWS)
def test_at_every_rate_found_the_flows_are_worth_nothing(flows: list[tuple[date, int]]) -> None:
    found = xirr(flows, places=10)
    rates = [found.per_cent] if isinstance(found, Rate) else getattr(found, "per_cent", ())
    for rate in rates:
        if rate > Decimal("-99.99"):
            total, size = worth(flows, rate)
            assert abs(total) <= 1e-6 * size


@given(
    st.integers(1, 10**10),
    st.lists(st.tuples(st.integers(1, 3650), st.integers(1, 10**9)), min_size=1, max_size=12),
)
def test_a_loan_has_at_most_one_rate(received: int, payments: list[tuple[int, int]]) -> None:
    flows = [(DAY, received), *((DAY + timedelta(days=n), -amount) for n, amount in payments)]
    found = xirr(flows)
    assert not isinstance(found, SeveralRates)
    if sum(amount for _, amount in flows) == 0:
        assert found == Rate(Decimal("0.0000"))
    elif isinstance(found, Rate):
        assert (found.per_cent > 0) == (sum(amount for _, amount in flows) < 0) or (
            abs(found.per_cent) < Decimal("0.0001")
        )


@given(st.lists(st.integers(-80, 300), min_size=1, max_size=4, unique=True))
def test_planted_rates_are_found(rates: list[int]) -> None:
    """Flows built from their own roots: Π (1 + r − x) turned into yearly amounts."""
    amounts = [1]
    for rate in rates:  # multiply the polynomial in 1/(1 + r) by (100 − (100 + rate)·v)
        longer = [0] * (len(amounts) + 1)
        for i, amount in enumerate(amounts):
            longer[i] += 100 * amount
            longer[i + 1] -= (100 + rate) * amount
        amounts = longer
    found = xirr(yearly(*amounts), places=2)
    named = [found.per_cent] if isinstance(found, Rate) else list(found.per_cent)
    assert named == sorted(Decimal(rate).quantize(Decimal("0.01")) for rate in rates)


@given(FLOWS, st.integers(2, 1000))
def test_neither_size_nor_direction_changes_the_rate(
    flows: list[tuple[date, int]], factor: int
) -> None:
    assert xirr(flows) == xirr([(day, -amount) for day, amount in flows])
    assert type(xirr(flows)) is type(xirr([(day, amount * factor) for day, amount in flows]))
