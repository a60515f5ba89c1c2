"""Interest by the day: exact, posted so that the parts sum to the rounded whole."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.interest import (
    Convention,
    EarlyTerms,
    PenaltyTerms,
    RateTable,
    Rounding,
    Segment,
    accrued,
    cut,
    daily,
    day_count,
    exact,
    interest,
    late,
    repay_early,
    reset_days,
    segments_of,
    to_decimal,
    to_minor,
)

START = date(2026, 1, 15)
RATES = st.decimals(0, 36, places=4)
ROUNDINGS = st.sampled_from(Rounding)
CONVENTIONS = st.sampled_from(Convention)


def days(number: int, since: date = START) -> date:
    return since + timedelta(days=number)


@st.composite
def runs(draw: st.DrawFn) -> list[Segment]:
    """A few segments one after the other, the balance and the rate changing."""
    since, segments = START, []
    for length in draw(st.lists(st.integers(1, 40), min_size=1, max_size=5)):
        until = days(length, since)
        segments.append(Segment(since, until, draw(st.integers(0, 10**11)), draw(RATES)))
        since = until
    return segments


@pytest.mark.parametrize(
    ("convention", "fen"),
    [
        # 1,000,000.00 at 6 % from 15 January 2026 for 90 true days, 90 days of thirty-day months.
        ("ACT/360", 1_500_000),
        ("ACT/365F", 1_479_452),
        ("ACT/ACT ISDA", 1_479_452),
        ("30/360", 1_500_000),
        ("30E/360", 1_500_000),
        ("30E/360 ISDA", 1_500_000),
    ],
)
def test_a_quarter_at_six_per_cent(convention: str, fen: int) -> None:
    assert interest(100_000_000, Decimal(6), START, date(2026, 4, 15), convention) == fen


def test_half_a_fen_goes_up_or_to_the_even() -> None:
    assert [to_minor(Fraction(n, 2)) for n in (1, 3, 5, -1, -5)] == [1, 2, 3, -1, -3]
    even = [to_minor(Fraction(n, 2), Rounding.HALF_EVEN) for n in (1, 3, 5, -1, -5)]
    assert even == [0, 2, 2, 0, -2]
    assert to_decimal(Fraction(2, 3), 4) == Decimal("0.6667")


@given(st.fractions(), ROUNDINGS)
def test_rounding_moves_by_half_at_most_and_mirrors(amount: Fraction, rounding: Rounding) -> None:
    assert abs(to_minor(amount, rounding) - amount) <= Fraction(1, 2)
    assert to_minor(-amount, rounding) == -to_minor(amount, rounding)


@given(runs(), CONVENTIONS, ROUNDINGS)
def test_daily_postings_sum_to_the_rounded_whole(
    segments: list[Segment], convention: Convention, rounding: Rounding
) -> None:
    posted = list(daily(segments, convention, rounding))
    assert sum(amount for _, amount in posted) == accrued(segments, convention, rounding)
    assert min(amount for _, amount in posted) >= 0
    whole = (segments[-1].end - START).days
    assert [day for day, _ in posted] == [days(n) for n in range(whole)]


@given(runs(), CONVENTIONS, st.integers(0, 10**6))
def test_what_was_posted_before_is_made_good(
    segments: list[Segment], convention: Convention, before: int
) -> None:
    posted = sum(amount for _, amount in daily(segments, convention, already_posted=before))
    assert before + posted == accrued(segments, convention)


@given(runs(), CONVENTIONS, st.integers(0, 200))
def test_interest_never_falls_as_days_pass(
    segments: list[Segment], convention: Convention, day: int
) -> None:
    today, tomorrow = (accrued(segments, convention, until=days(n)) for n in (day, day + 1))
    assert 0 <= today <= tomorrow


@given(runs(), st.integers(0, 200))
def test_cutting_a_segment_changes_nothing(segments: list[Segment], at: int) -> None:
    before = cut(segments, days(at))
    after = [part for s in segments if (part := s.since(days(at))) is not None]
    for convention in (Convention.ACT_360, Convention.ACT_ACT_ISDA):
        whole = exact(segments, convention)
        assert exact(before, convention) + exact(after, convention) == whole


def test_segments_follow_the_balance_and_the_rate() -> None:
    lpr = RateTable(((date(2025, 12, 22), Decimal("3.0")), (date(2026, 2, 20), Decimal("2.9"))))
    found = segments_of(
        [(START, 900), (date(2026, 2, 10), 400), (date(2026, 3, 1), 0)], lpr, date(2026, 4, 1)
    )
    assert found == [
        Segment(START, date(2026, 2, 10), 900, Decimal("3.0")),
        Segment(date(2026, 2, 10), date(2026, 2, 20), 400, Decimal("3.0")),
        Segment(date(2026, 2, 20), date(2026, 3, 1), 400, Decimal("2.9")),
    ]
    with pytest.raises(ValueError, match="oldest first"):
        segments_of([(days(1), 1), (START, 2)], lpr, days(9))


def test_a_loan_looks_at_its_index_on_reset_days_only() -> None:
    resets = reset_days(date(2026, 1, 31), date(2026, 7, 1), 3)
    assert resets == (date(2026, 1, 31), date(2026, 4, 30))
    table = RateTable(
        fixings=((date(2026, 1, 20), Decimal("3.0")), (date(2026, 2, 20), Decimal("2.5"))),
        spread=Decimal("1.2"),
        resets=resets,
    )
    assert table.on(date(2026, 4, 29)) == Decimal("4.2")
    assert table.on(date(2026, 4, 30)) == Decimal("3.7")
    assert table.steps(date(2026, 4, 1), date(2026, 6, 1)) == [
        (date(2026, 4, 1), date(2026, 4, 30), Decimal("4.2")),
        (date(2026, 4, 30), date(2026, 6, 1), Decimal("3.7")),
    ]
    with pytest.raises(ValueError, match="no rate is known"):
        table.on(date(2026, 1, 30))


def test_floor_and_cap_hold_the_rate() -> None:
    table = RateTable(
        fixings=((days(0), Decimal(1)), (days(1), Decimal(5)), (days(2), Decimal(9))),
        floor=Decimal(3),
        cap=Decimal(6),
    )
    assert [table.on(days(n)) for n in range(3)] == [Decimal(3), Decimal(5), Decimal(6)]


@pytest.mark.parametrize(
    "bad",
    [
        {"fixings": ()},
        {"fixings": ((days(1), Decimal(1)), (days(0), Decimal(1)))},
        {"fixings": ((START, Decimal(1)),), "floor": Decimal(2), "cap": Decimal(1)},
        {"fixings": ((START, Decimal(1)),), "resets": (days(2), days(1))},
    ],
)
def test_a_muddled_rate_table_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        RateTable(**bad)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True).map(sorted), RATES, RATES)
def test_rate_steps_cover_the_period_and_differ(
    changes: list[int], one: Decimal, other: Decimal
) -> None:
    table = RateTable(
        tuple((days(n), one if i % 2 else other) for i, n in enumerate(changes)), spread=Decimal(1)
    )
    start, end = days(changes[0]), days(changes[-1] + 30)
    steps = table.steps(start, end)
    assert steps[0][0] == start
    assert steps[-1][1] == end
    for (_, until, rate), (since, _, then) in pairwise(steps):
        assert until == since
        assert rate != then


def test_a_segment_is_refused_backwards_or_below_zero() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Segment(days(1), START, 1, Decimal(1))
    with pytest.raises(ValueError, match="negative"):
        Segment(START, days(1), -1, Decimal(1))


# Being late ---------------------------------------------------------------------------------------

OVERDUE = [Segment(START, days(400), 36_000_000, Decimal(6))]  # 6,000 fen of interest a day
GRACE = PenaltyTerms(grace_days=3)


def charges(on: int, terms: PenaltyTerms, unpaid: list[Segment] | None = None) -> tuple[int, int]:
    return late(
        OVERDUE,
        due=START,
        on=days(on),
        terms=terms,
        convention="ACT/360",
        unpaid_interest=unpaid or [],
    ).rounded()


def test_within_grace_only_ordinary_interest() -> None:
    assert charges(3, GRACE) == (18_000, 0)


def test_grace_lost_costs_half_as_much_again_from_the_due_day() -> None:
    interest, penalty = charges(4, GRACE)
    assert interest == 18_000
    assert penalty == 18_000 // 2 + 9_000
    assert interest + penalty == 4 * 9_000


def test_grace_may_stay_ordinary_when_lost() -> None:
    kind = PenaltyTerms(grace_days=3, from_due=False)
    assert charges(4, kind) == (18_000, 9_000)


def test_without_grace_the_penalty_stands_in_place_of_interest() -> None:
    assert charges(0, PenaltyTerms()) == (0, 0)
    assert charges(10, PenaltyTerms()) == (0, 90_000)


def test_overdue_interest_bears_penalty_only_when_agreed() -> None:
    unpaid = [Segment(START, days(400), 3_600_000, Decimal(6))]  # 600 fen a day
    assert charges(4, GRACE, unpaid) == charges(4, GRACE)
    agreed = PenaltyTerms(grace_days=3, on_interest=True)
    assert charges(4, agreed, unpaid) == (18_000, 18_000 + 4 * 900)
    assert charges(3, agreed, unpaid) == (18_000, 0)


def test_a_part_paid_within_grace_bears_no_penalty() -> None:
    balances = [
        Segment(START, days(2), 36_000_000, Decimal(6)),
        Segment(days(2), days(400), 12_000_000, Decimal(6)),
    ]
    found = late(balances, due=START, on=days(5), terms=GRACE, convention="ACT/360")
    assert found.interest == 2 * 6_000 + 2_000
    assert found.penalty == 3 * 1_000 + 2 * 3_000


def test_all_paid_within_grace_leaves_no_penalty() -> None:
    balances = [Segment(START, days(3), 36_000_000, Decimal(6))]
    found = late(balances, due=START, on=days(90), terms=GRACE, convention="ACT/360")
    assert found.rounded() == (18_000, 0)


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=5).map(lambda x: sorted(x, reverse=True)),
    st.integers(0, 20),
    st.decimals(1, 3, places=2),
    st.booleans(),
    st.booleans(),
    st.integers(0, 99),
)
def test_charges_never_fall_and_never_pass_the_factor(
    balances: list[int], grace: int, factor: Decimal, from_due: bool, on_interest: bool, day: int
) -> None:
    terms = PenaltyTerms(grace, factor, from_due, on_interest)
    steps = [(days(20 * i), balance) for i, balance in enumerate(balances)]
    owed = segments_of(steps, Decimal(6), days(120))

    def on(number: int) -> Fraction:
        found = late(
            owed,
            due=START,
            on=days(number),
            terms=terms,
            convention="ACT/365F",
            unpaid_interest=owed,
        )
        assert found.interest >= 0
        assert found.penalty >= 0
        return found.interest + found.penalty

    most = exact(cut(owed, days(day)), "ACT/365F") * Fraction(factor) * (2 if on_interest else 1)
    assert on(day) <= on(day + 1)
    assert on(day) <= most


@pytest.mark.parametrize("bad", [{"grace_days": -1}, {"factor": Decimal("0.9")}])
def test_muddled_penalty_terms_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not below"):
        PenaltyTerms(**bad)


# Paying early -------------------------------------------------------------------------------------


def test_paying_all_early_costs_interest_to_the_day_and_no_fee() -> None:
    found = repay_early(36_000_000, OVERDUE, on=days(10), convention="ACT/360")
    assert (found.principal, found.interest, found.fee, found.left) == (36_000_000, 60_000, 0, 0)
    assert found.total == 36_060_000


def test_paying_a_part_early_may_cost_a_fee() -> None:
    found = repay_early(
        36_000_000,
        OVERDUE,
        on=days(10),
        convention="ACT/360",
        part=10_000_000,
        interest_paid=24_000,
        terms=EarlyTerms(fee=Decimal("0.5")),
    )
    assert (found.interest, found.fee, found.left) == (36_000, 50_000, 26_000_000)
    least = EarlyTerms(fee=Decimal("0.5"), at_least=80_000)
    assert (
        repay_early(36_000_000, OVERDUE, on=days(10), convention="ACT/360", part=1, terms=least).fee
        == 80_000
    )


@pytest.mark.parametrize("part", [0, -1, 36_000_001])
def test_an_early_part_lies_within_the_debt(part: int) -> None:
    with pytest.raises(ValueError, match="between nothing and all"):
        repay_early(36_000_000, OVERDUE, on=days(1), convention="ACT/360", part=part)


@given(st.integers(1, 10**10), st.data(), RATES, CONVENTIONS, st.integers(0, 300))
def test_two_early_parts_cost_less_than_waiting(
    principal: int, data: st.DataObject, rate: Decimal, convention: Convention, day: int
) -> None:
    part = data.draw(st.integers(1, principal))
    first = repay_early(
        principal,
        [Segment(START, days(day), principal, rate)],
        on=days(day),
        convention=convention,
        part=part,
    )
    assert first.principal + first.left == principal
    rest = exact([Segment(days(day), days(301), first.left, rate)], convention)
    waiting = exact([Segment(days(day), days(301), principal, rate)], convention)
    assert rest <= waiting
    assert first.interest == to_minor(
        Fraction(rate) * principal * day_count(convention, START, days(day)) / 100
    )
