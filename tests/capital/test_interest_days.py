"""Day counts against the published examples of ISDA."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.interest import (
    Convention,
    add_months,
    day_count,
    following,
    is_month_end,
    is_working_day,
)

DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))

# Columns 30/360 bond, 30E/360, 30E/360 ISDA of ISDA's worked sheet to the 2006 Definitions, 4.16
# (f), (g), (h); no period ends on the termination day unless named below.
THIRTY = [
    ("2007-01-15", "2007-01-30", 15, 15, 15),
    ("2007-01-15", "2007-02-15", 30, 30, 30),
    ("2007-01-15", "2007-07-15", 180, 180, 180),
    ("2007-09-30", "2008-03-31", 180, 180, 180),
    ("2007-09-30", "2007-10-31", 30, 30, 30),
    ("2007-09-30", "2008-09-30", 360, 360, 360),
    ("2007-01-15", "2007-01-31", 16, 15, 15),
    ("2007-01-31", "2007-02-28", 28, 28, 30),
    ("2007-02-28", "2007-03-31", 33, 32, 30),
    ("2006-08-31", "2007-02-28", 178, 178, 180),
    ("2007-02-28", "2007-08-31", 183, 182, 180),
    ("2007-02-14", "2007-02-28", 14, 14, 16),
    ("2007-02-26", "2008-02-29", 363, 363, 364),
    ("2008-02-29", "2009-02-28", 359, 359, 360),
    ("2008-02-29", "2008-03-30", 31, 31, 30),
    ("2008-02-29", "2008-03-31", 32, 31, 30),
    ("2007-02-28", "2007-03-05", 7, 7, 5),
    ("2007-10-31", "2007-11-28", 28, 28, 28),
    ("2007-08-31", "2008-02-29", 179, 179, 180),
    ("2008-02-29", "2008-08-31", 182, 181, 180),
    ("2009-02-28", "2009-08-31", 183, 182, 180),
]


@pytest.mark.parametrize(("start", "end", "bond", "euro", "isda"), THIRTY)
def test_years_of_thirty_day_months(start: str, end: str, bond: int, euro: int, isda: int) -> None:
    span = date.fromisoformat(start), date.fromisoformat(end)
    found = [
        day_count(convention, *span) * 360
        for convention in (
            Convention.THIRTY_360,
            Convention.THIRTY_E_360,
            Convention.THIRTY_E_360_ISDA,
        )
    ]
    assert found == [bond, euro, isda]


def test_a_contract_that_ends_in_february_keeps_its_days() -> None:
    start, end = date(2008, 8, 31), date(2009, 2, 28)
    isda = Convention.THIRTY_E_360_ISDA
    assert day_count(isda, start, end) * 360 == 180
    assert day_count(isda, start, end, termination=end) * 360 == 178
    assert day_count(isda, date(2008, 2, 29), end, termination=end) * 360 == 358
    assert day_count(isda, end, end, termination=end) == 0


# ISDA, "EMU and market conventions: recent developments", 1998: the column "Actual/Actual (ISDA)".
ACTUAL = [
    ("2003-11-01", "2004-05-01", Fraction(61, 365) + Fraction(121, 366)),
    ("1999-02-01", "1999-07-01", Fraction(150, 365)),
    ("1999-07-01", "2000-07-01", Fraction(184, 365) + Fraction(182, 366)),
    ("2002-08-15", "2003-07-15", Fraction(334, 365)),
    ("2003-07-15", "2004-01-15", Fraction(170, 365) + Fraction(14, 366)),
    ("1999-07-30", "2000-01-30", Fraction(155, 365) + Fraction(29, 366)),
    ("2000-01-30", "2000-06-30", Fraction(152, 366)),
    ("1999-11-30", "2000-04-30", Fraction(32, 365) + Fraction(120, 366)),
]


@pytest.mark.parametrize(("start", "end", "share"), ACTUAL)
def test_actual_over_actual(start: str, end: str, share: Fraction) -> None:
    span = date.fromisoformat(start), date.fromisoformat(end)
    assert day_count(Convention.ACT_ACT_ISDA, *span) == share


def test_first_day_counts_and_last_does_not() -> None:
    assert day_count("ACT/360", date(2026, 1, 1), date(2026, 1, 2)) == Fraction(1, 360)
    assert day_count("ACT/365F", date(2024, 1, 1), date(2025, 1, 1)) == Fraction(366, 365)


@given(st.sampled_from(Convention), DAYS, DAYS)
def test_an_empty_period_is_nothing_and_a_backward_one_is_refused(
    convention: Convention, one: date, other: date
) -> None:
    early, late = sorted((one, other))
    assert day_count(convention, early, early) == 0
    assert day_count(convention, early, late) >= 0
    if early < late:
        with pytest.raises(ValueError, match="cannot end"):
            day_count(convention, late, early)


@given(st.sampled_from(Convention), DAYS, st.integers(0, 900))
def test_a_longer_period_is_never_less(convention: Convention, start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert day_count(convention, start, end) <= day_count(convention, start, end + timedelta(1))


@given(
    st.sampled_from([Convention.ACT_360, Convention.ACT_365F, Convention.ACT_ACT_ISDA]),
    st.lists(DAYS, min_size=3, max_size=3).map(sorted),
)
def test_counts_of_true_days_add_up(convention: Convention, days: list[date]) -> None:
    first, cut, last = days
    whole = day_count(convention, first, last)
    assert day_count(convention, first, cut) + day_count(convention, cut, last) == whole


@given(st.sampled_from(Convention), DAYS)
def test_a_calendar_year_is_about_one(convention: Convention, day: date) -> None:
    year = day_count(convention, day, add_months(day, 12))
    assert abs(year - 1) <= Fraction(6, 360)


@given(DAYS, st.integers(-50, 50))
def test_months_are_added_within_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later.day < day.day and is_month_end(later))


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(ValueError, match="ACT/364"):
        day_count("ACT/364", date(2026, 1, 1), date(2026, 1, 2))


def test_the_package_needs_no_django() -> None:
    code = "import heliu.capital.interest, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "src"}).returncode == 0


# Notice of the General Office of the State Council on days off in 2026 (国办发明电, November 2025).
@pytest.mark.parametrize(
    ("day", "then"),
    [
        (date(2026, 2, 13), date(2026, 2, 13)),
        (date(2026, 2, 14), date(2026, 2, 14)),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 15), date(2026, 2, 24)),
        (date(2026, 5, 1), date(2026, 5, 6)),
        (date(2026, 9, 25), date(2026, 9, 28)),
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 11, 28), date(2026, 11, 30)),
    ],
)
def test_what_is_due_on_a_day_off_is_due_on_the_next_working_day(day: date, then: date) -> None:
    assert following(day) == then


@given(DAYS)
def test_the_following_day_is_worked_and_none_before_it(day: date) -> None:
    then = following(day)
    assert is_working_day(then)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((then - day).days))
