"""Percentiles, medians, and the rule that nothing done gives no figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from heliu_bench.cpu import Spent
from heliu_bench.measure import Round, median, percentile
from heliu_bench.report import Row, ratio

VALUES = some.lists(some.floats(0, 1e6), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 0.5, 5.0),
        ([1.0, 2.0], 0.5, 1.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        (list(range(1, 101)), 0.99, 99),
        (list(range(1, 101)), 0.50, 50),
        (list(range(1, 201)), 0.99, 198),
        (list(range(1, 11)), 1.0, 10),
        (list(range(1, 11)), 0.0, 1),
    ],
)
def test_percentile_is_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


@given(VALUES, some.floats(0, 1))
def test_percentile_was_measured_and_covers_its_share(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) <= share * len(values)


def test_there_is_no_figure_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)
    with pytest.raises(ValueError, match="Nothing was done"):
        Round(1.0, [], Spent(1, 1, 1), failed=3).figures()


def test_median_of_even_and_odd() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5


def test_a_round_gives_rates_and_costs_per_operation() -> None:
    made = Round(2.0, [0.010, 0.030], Spent(0.4, 0.2, 0.1), refused=1, failed=2).figures()
    assert (made.done, made.refused, made.failed, made.per_second) == (2, 1, 2, 1.0)
    assert (made.p50_ms, made.p99_ms) == (10, 30)
    assert (made.cpu_app_ms, made.cpu_postgres_ms, made.cpu_generator_ms) == (200, 100, 50)


def test_a_set_counts_its_movements_and_is_timed_as_a_whole() -> None:
    made = Round(1.0, [0.5, 0.5], Spent(1, 1, 0), done=2_000).figures()
    assert (made.per_second, made.p50_ms, made.cpu_app_ms) == (2_000, 500, 0.5)


def test_a_row_takes_the_median_of_each_figure_and_sums_what_failed() -> None:
    row = Row("x", 1, "x/s")
    for seconds, failed in ((1.0, 1), (2.0, 0), (4.0, 2)):
        row.add(Round(seconds, [0.1] * 4, Spent(0, 0, 0), failed=failed))
    assert (row.median.per_second, row.median.failed, row.median.done) == (2.0, 3, 12)


def test_ratios_are_taken_pair_by_pair() -> None:
    mine, theirs = Row("mine", 4, "x/s"), Row("limit", 4, "x/s")
    for ours, limit in ((1, 2), (6, 3), (3, 3)):
        mine.add(Round(1.0, [0.1] * ours, Spent(0, 0, 0)))
        theirs.add(Round(1.0, [0.1] * limit, Spent(0, 0, 0)))
    found = ratio(mine, theirs).document()
    assert (found["pairs"], found["median"]) == ([0.5, 2.0, 1.0], 1.0)
