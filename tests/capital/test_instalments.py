"""A sum in instalments: whatever the shares, its parts are the sum, and each has a day of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.terms.policies import instalments

SENT = date(2026, 11, 2)


@dataclass(frozen=True)
class Divided:
    """Terms as far as they divide."""

    part_days: tuple[int, ...]
    part_shares: tuple[int, ...]
    rule: str = "NET"
    days: int = 30
    rolls: bool = False


@st.composite
def divided(draw: st.DrawFn) -> Divided:
    """From two instalments to twelve, with rising days and shares of 100 together."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=11)))
    shares = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    days = sorted(draw(st.sets(st.integers(0, 365), min_size=len(shares), max_size=len(shares))))
    return Divided(tuple(days), tuple(shares))


@given(divided(), st.integers(1, 10**12))
def test_the_parts_are_the_sum(terms: Divided, amount: int) -> None:
    parts = instalments(terms, amount, SENT)
    assert sum(part.amount for part in parts) == amount
    assert all(part.amount > 0 for part in parts)
    days = [part.due_on for part in parts]
    assert days == sorted(set(days))
    assert set(days) <= {SENT + timedelta(days=after) for after in terms.part_days}
    assert days[-1] == SENT + timedelta(days=terms.part_days[-1])
    if amount >= 100:
        for part, share in zip(parts[:-1], terms.part_shares, strict=False):
            assert part.amount == amount * share // 100


@given(st.integers(1, 10**12))
def test_one_sum_is_one_part(amount: int) -> None:
    (part,) = instalments(Divided((), ()), amount, SENT)
    assert part == (amount, SENT + timedelta(days=30))
