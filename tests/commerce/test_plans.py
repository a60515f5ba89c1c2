"""The days of a plan: on their weekday or their day of the month, however long nobody looked."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from heliu.commerce.lists.policies import next_day, upcoming

days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
every = st.integers(1, 52)


@given(first=days, every=every, after=st.integers(-400, 4000))
def test_weeks_keep_their_weekday_and_their_step(first: date, every: int, after: int) -> None:
    looked = first + timedelta(days=after)
    found = next_day(looked, first_on=first, every=every, unit="WEEK")
    assert found is not None
    assert found > looked
    assert (found - first).days % (7 * every) == 0
    assert found == first or found - timedelta(weeks=every) <= looked


@given(first=days, every=every, after=st.integers(-400, 4000))
def test_months_keep_their_day_or_the_last(first: date, every: int, after: int) -> None:
    looked = first + timedelta(days=after)
    found = next_day(looked, first_on=first, every=every, unit="MONTH")
    assert found is not None
    assert found > looked
    months = (found.year - first.year) * 12 + found.month - first.month
    assert months % every == 0
    assert found.day == first.day or (found + timedelta(days=1)).day == 1
    before = next_day(
        found - timedelta(days=31 * every + 31), first_on=first, every=every, unit="MONTH"
    )
    while before is not None and before < found:
        assert before <= looked
        before = next_day(before, first_on=first, every=every, unit="MONTH")


@given(first=days, every=every, unit=st.sampled_from(["WEEK", "MONTH"]), span=st.integers(0, 900))
def test_a_plan_ends_with_its_last_day(first: date, every: int, unit: str, span: int) -> None:
    last = first + timedelta(days=span)
    found = upcoming(first, first_on=first, every=every, unit=unit, last_on=last, many=2000)
    assert found == sorted(set(found))
    assert found[0] == first
    assert found[-1] <= last
    assert next_day(found[-1], first_on=first, every=every, unit=unit, last_on=last) is None


def test_the_thirty_first_is_the_last_of_a_short_month() -> None:
    first = date(2026, 1, 31)
    found = upcoming(first, first_on=first, every=1, unit="MONTH", last_on=None, many=4)
    assert [day.day for day in found] == [31, 28, 31, 30]
