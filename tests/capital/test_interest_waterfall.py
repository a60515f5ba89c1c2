"""A payment is shared out by an order written as data, and nothing of it is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.interest import (
    KINDS,
    PRINCIPAL_FOR_RELEASE,
    STANDARD,
    Bucket,
    Claim,
    Kind,
    Waterfall,
    waterfall,
)

ON = date(2026, 6, 30)
MAY, JUNE, JULY = date(2026, 5, 31), ON, date(2026, 7, 31)

DEBT = [
    Claim(Kind.PRINCIPAL, JULY, 900),
    Claim(Kind.INTEREST, JULY, 50),
    Claim(Kind.PRINCIPAL, JUNE, 300),
    Claim(Kind.INTEREST, JUNE, 30),
    Claim(Kind.PRINCIPAL, MAY, 200),
    Claim(Kind.INTEREST, MAY, 20),
    Claim(Kind.PENALTY, MAY, 5),
    Claim(Kind.FEE, MAY, 3),
    Claim(Kind.COST, MAY, 2),
]


def paid(rule: Waterfall, amount: int, debt: list[Claim] = DEBT) -> list[tuple[str, int, int]]:
    found = waterfall(rule, debt, amount, on=ON)
    return [(claim.kind.value, claim.due.month, part) for claim, part in found.parts]


def test_costs_fees_penalty_interest_principal_of_the_oldest_due_first() -> None:
    assert paid(Waterfall(), 250) == [
        ("cost", 5, 2),
        ("fee", 5, 3),
        ("penalty", 5, 5),
        ("interest", 5, 20),
        ("principal", 5, 200),
        ("interest", 6, 20),
    ]


def test_kinds_before_days_when_so_agreed() -> None:
    debt = [
        Claim(Kind.PRINCIPAL, date(2026, 4, 30), 100),
        Claim(Kind.INTEREST, MAY, 10),
        Claim(Kind.INTEREST, date(2026, 4, 30), 10),
    ]
    by_day = paid(Waterfall(), 115, debt)
    assert by_day == [("interest", 4, 10), ("principal", 4, 100), ("interest", 5, 5)]
    by_kind = paid(Waterfall(oldest_due_first=False), 115, debt)
    assert by_kind == [("interest", 4, 10), ("interest", 5, 10), ("principal", 4, 95)]


def test_principal_for_release_only_without_arrears() -> None:
    rule = Waterfall(without_arrears=PRINCIPAL_FOR_RELEASE)
    current = [claim for claim in DEBT if claim.due == JULY]
    assert paid(rule, 100, current) == [("principal", 7, 100)]
    assert paid(Waterfall(), 100, current) == [("interest", 7, 50), ("principal", 7, 50)]
    arrears = [*current, Claim(Kind.FEE, MAY, 1)]
    assert paid(rule, 100, arrears) == [("fee", 5, 1), ("interest", 7, 50), ("principal", 7, 49)]


def test_what_falls_due_today_comes_before_principal_for_release() -> None:
    rule = Waterfall(without_arrears=PRINCIPAL_FOR_RELEASE)
    debt = [claim for claim in DEBT if claim.due >= JUNE]
    assert paid(rule, 400, debt) == [
        ("interest", 6, 30),
        ("principal", 6, 300),
        ("principal", 7, 70),
    ]


def test_what_the_order_leaves_out_is_not_paid() -> None:
    only_due = tuple(pair for pair in STANDARD if pair[0] is not Bucket.FUTURE)
    found = waterfall(Waterfall(order=only_due), DEBT, 1000, on=ON)
    assert found.unapplied == 1000 - 560
    assert found.paid(Kind.PRINCIPAL) == 500
    assert found.paid(Kind.INTEREST) == 50


def test_an_overpayment_stays_unapplied() -> None:
    found = waterfall(Waterfall(), DEBT, 2000, on=ON)
    assert found.unapplied == 2000 - sum(claim.amount for claim in DEBT)


def test_a_negative_payment_or_claim_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        waterfall(Waterfall(), DEBT, -1, on=ON)
    with pytest.raises(ValueError, match="negative"):
        waterfall(Waterfall(), [Claim(Kind.FEE, ON, -1)], 1, on=ON)


def test_the_standard_order_names_every_pair_once() -> None:
    assert len(STANDARD) == len(set(STANDARD)) == len(Bucket) * len(Kind)
    assert set(PRINCIPAL_FOR_RELEASE) == set(STANDARD)
    assert tuple(Kind) == KINDS


CLAIMS = st.lists(
    st.builds(
        Claim,
        kind=st.sampled_from(Kind),
        due=st.integers(-90, 90).map(lambda n: ON + timedelta(days=n)),
        amount=st.integers(0, 10**9),
        ref=st.text(max_size=3),
    ),
    max_size=20,
)
RULES = st.builds(
    Waterfall,
    order=st.lists(st.sampled_from(STANDARD), unique=True, min_size=1).map(tuple),
    oldest_due_first=st.booleans(),
    without_arrears=st.none() | st.permutations(STANDARD).map(tuple),
)


@given(RULES, CLAIMS, st.integers(0, 10**10))
def test_nothing_is_lost_and_nothing_is_overpaid(
    rule: Waterfall, claims: list[Claim], amount: int
) -> None:
    found = waterfall(rule, claims, amount, on=ON)
    assert sum(part for _, part in found.parts) + found.unapplied == amount
    assert sum(found.paid(kind) for kind in Kind) == amount - found.unapplied
    assert all(0 < part <= claim.amount for claim, part in found.parts)
    # Only the last claim reached may stay partly unpaid, and only when no money is left.
    assert all(part == claim.amount for claim, part in found.parts[:-1])
    payable = rule.sort(claims, ON)
    if found.unapplied:
        assert sum(claim.amount for claim in payable) == amount - found.unapplied


@given(RULES, CLAIMS, st.integers(0, 10**9), st.integers(0, 10**9))
def test_two_payments_do_what_one_does(
    rule: Waterfall, claims: list[Claim], first: int, second: int
) -> None:
    """On one day under one order it makes no difference into how many payments money is cut."""
    rule = Waterfall(rule.order, rule.oldest_due_first)
    numbered = [Claim(c.kind, c.due, c.amount, str(n)) for n, c in enumerate(claims)]
    once = {c.ref: part for c, part in waterfall(rule, numbered, first + second, on=ON).parts}
    one = {c.ref: part for c, part in waterfall(rule, numbered, first, on=ON).parts}
    rest = [Claim(c.kind, c.due, c.amount - one.get(c.ref, 0), c.ref) for c in numbered]
    two = {c.ref: part for c, part in waterfall(rule, rest, second, on=ON).parts}
    together = {ref: one.get(ref, 0) + two.get(ref, 0) for ref in {*one, *two}}
    assert together == once
