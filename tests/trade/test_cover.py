"""What pledged goods are worth beside the debt they secure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from heliu.kernel.ids import new_id
from heliu.trade.cover import cover, total

START = datetime(2026, 10, 12, 4, tzinfo=UTC)


def row(value: int, *, days: int = 0, ready: int = 0) -> Any:
    pledge = SimpleNamespace(
        pk=new_id(), deal=new_id(), activated_at=START - timedelta(days=days), agreed_at=START
    )
    return SimpleNamespace(pledge=pledge, value=value, quantity=10, ready=ready)


def loan(debt: int, deposit: str = "0.2") -> Any:
    return SimpleNamespace(principal_left=debt, deposit_ratio=Decimal(deposit))


def test_debt_beyond_the_agreed_share_of_the_goods_is_a_gap() -> None:
    within, beyond = (cover(row(value), loan(8_000_00), START) for value in (10_000_00, 9_000_00))
    assert (within.percent, within.limit, within.gap) == (Decimal("80.0"), Decimal(80), 0)
    assert (beyond.percent, beyond.gap) == (Decimal("88.9"), 800_00)


def test_a_fen_lost_in_rounding_the_deposit_is_no_gap() -> None:
    assert cover(row(1_000_01), loan(800_01), START).gap == 0
    assert cover(row(1_000_00), loan(801_00), START).gap == 100


def test_who_may_not_see_the_loan_sees_goods_and_days_only() -> None:
    seen = cover(row(9_000_00, days=60), None, START)
    assert (seen.debt, seen.percent, seen.limit, seen.gap) == (None, None, None, 0)
    assert seen.is_long
    assert not cover(row(1, days=59), None, START).is_long


@given(st.lists(st.tuples(st.integers(0, 10**9), st.none() | st.integers(0, 10**9))))
def test_a_board_is_the_sum_of_its_pledges(pairs: list[tuple[int, int | None]]) -> None:
    found = [
        cover(row(value), None if debt is None else loan(debt), START) for value, debt in pairs
    ]
    sums = total(found)
    assert (sums.pledges, sums.value) == (len(pairs), sum(value for value, _ in pairs))
    assert sums.debt == sum(debt or 0 for _, debt in pairs)
    assert sums.gap == sum(one.gap for one in found)
    covered = sum(value for value, debt in pairs if debt is not None)
    assert (sums.percent is None) == (covered == 0)
    assert 0 <= sums.gap <= sums.debt
