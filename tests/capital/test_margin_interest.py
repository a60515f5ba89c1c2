"""What a margin bears, beside a sum over its days reckoned anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.lending.policies.debt import borne_by_margin

CAME = date(2026, 11, 2)
YEARS = {"ACT/360": 360, "ACT/365F": 365}


@dataclass(frozen=True)
class Kept:
    """A loan as far as its margin goes."""

    day_count: str
    margin_rate: Decimal
    margin_since: date | None = CAME


kept = st.builds(
    Kept, st.sampled_from(sorted(YEARS)), st.integers(0, 2_000).map(lambda n: Decimal(n) / 100)
)
fen = st.integers(1, 10**10)
added = st.lists(st.tuples(st.integers(0, 90), fen), max_size=4)


@given(kept, fen, added, st.integers(0, 120))
def test_it_is_the_sum_over_the_days_rounded_once(
    loan: Kept, deposit: int, more: list[tuple[int, int]], days: int
) -> None:
    whole = sum(
        deposit + sum(amount for since, amount in more if since <= day) for day in range(days)
    )
    exact = Fraction(loan.margin_rate) * whole / (100 * YEARS[loan.day_count])
    top_ups = [(CAME + timedelta(days=since), amount) for since, amount in more]
    found = borne_by_margin(loan, deposit, top_ups, CAME + timedelta(days=days))
    assert found == (exact + Fraction(1, 2)).__floor__()


@given(kept, fen, st.integers(-30, 0))
def test_nothing_is_borne_before_it_came(loan: Kept, deposit: int, days: int) -> None:
    assert not borne_by_margin(loan, deposit, [], CAME + timedelta(days=days))
    never = Kept(loan.day_count, loan.margin_rate, None)
    assert not borne_by_margin(never, deposit, [], CAME + timedelta(days=30))
