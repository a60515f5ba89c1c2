"""What pledged goods are worth beside the debt they secure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import be
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.lending.models import Loan
from heliu.kernel.access.actor import Actor
from heliu.logistics.pledges.models import Pledge
from heliu.trade.cover import LONG_DAYS, READY, SHORT, covers, days_of, lying_long, total
from heliu.trade.models import Cover

START = datetime(2026, 10, 12, 4, tzinfo=UTC)
BANK, KEEPER, OTHER = "credit@bank.demo", "gate@warehouse.demo", "owner@d002.demo"
# One pledge and its loan, made by the product's own steps, again and again with other amounts.
CLONE = """
with pattern as (
    select p, l from pledges_pledge p join lending_loan l on l.deal = p.deal
     where p.id = %(pattern)s),
twin as (
    select pattern.*, n, value, debt, days, ready, gen_random_uuid() as pledge,
           gen_random_uuid() as deal, gen_random_uuid() as loan
      from pattern, unnest(%(values)s::bigint[], %(debts)s::bigint[], %(days)s::int[],
                           %(ready)s::bigint[])
           with ordinality t(value, debt, days, ready, n)),
lent as (
    insert into lending_loan select r.* from twin t, jsonb_populate_record(l, jsonb_build_object(
        'id', t.loan, 'deal', t.deal, 'number', 'L' || n, 'deposit_ratio', %(deposit)s::numeric,
        'principal', debt + 1, 'principal_repaid', 1, 'deposit', 0, 'order_total', debt + 1)) r
     where debt is not null)
insert into pledges_pledge select r.* from twin t, jsonb_populate_record(p, jsonb_build_object(
    'id', t.pledge, 'deal', t.deal, 'loan', t.loan, 'number', 'P' || n,
    'activated_at', %(start)s - make_interval(days => days), 'entitlement', 0,
    'pledged_quantity', 10 + ready, 'released_quantity', ready, 'pledged_value', value)) r
"""


class Bound(NamedTuple):
    """A pledge as a test wants it; no debt where there is no loan to be seen."""

    value: int
    debt: int | None
    days: int = 0
    ready: int = 0


@pytest.fixture
def pledged(world: World) -> Pledge:
    """A pledge in force."""
    placed = life.to_pledge(world)
    with world.worker():
        return Pledge.objects.get(deal=placed.deal.id)


@contextmanager
def board(pattern: Pledge, wanted: Sequence[Bound], deposit: str = "0.2") -> Iterator[list[Cover]]:
    """Pledges like these and no others, the worst first; undone afterwards."""
    be("heliu")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        values = {name: [getattr(one, name) for one in wanted] for name in ("days", "ready")}
        values |= {"values": [one.value for one in wanted], "debts": [one.debt for one in wanted]}
        cursor.execute(CLONE, {"pattern": pattern.pk, "deposit": deposit, "start": START, **values})
        cursor.execute("delete from pledges_pledge where id = %s", [pattern.pk])
        yield list(covers(Actor.system()))
        transaction.set_rollback(True)


def test_debt_beyond_the_agreed_share_of_the_goods_is_a_gap(pledged: Pledge) -> None:
    with board(pledged, [Bound(10_000_00, 8_000_00), Bound(9_000_00, 8_000_00)]) as found:
        beyond, within = found
    assert (within.percent, within.agreed, within.gap) == (Decimal("80.0"), Decimal(80), 0)
    assert (beyond.percent, beyond.gap) == (Decimal("88.9"), 800_00)


def test_a_fen_lost_in_rounding_the_deposit_is_no_gap(pledged: Pledge) -> None:
    with board(pledged, [Bound(1_000_01, 800_01), Bound(1_000_00, 801_00)]) as found:
        assert [(one.value, one.gap) for one in found] == [(1_000_00, 100), (1_000_01, 0)]


def test_goods_that_come_free_for_the_deposit_secure_as_much_as_they_are_worth(
    pledged: Pledge,
) -> None:
    with board(pledged, [Bound(8_000_00, 8_000_00)]) as (one,):
        Loan.objects.filter(deal=one.pledge.deal).update(release_mode="DEPOSIT_FIRST")
        found = Cover.objects.get(pk=one.pk)
        assert (found.percent, found.agreed, found.gap) == (Decimal("100.0"), Decimal(100), 0)


def test_nothing_secures_a_debt_without_goods(pledged: Pledge) -> None:
    with board(pledged, [Bound(0, 5_00), Bound(0, 0), Bound(1_000, 700)]) as found:
        assert [(one.percent, one.gap) for one in found] == [
            (None, 5_00), (Decimal("70.0"), 0), (None, 0),
        ]  # fmt: skip


def test_a_loan_given_back_is_no_debt(pledged: Pledge) -> None:
    """As the loan itself says; the view says it once more for lists."""
    with board(pledged, [Bound(10_00, 8_00)]) as (one,):
        loans = Loan.objects.filter(deal=one.pledge.deal)
        for change in ({}, {"loan_returned_at": START}, {"disbursed_on": None}):
            loans.update(**change)
            assert Cover.objects.get(pk=one.pk).debt == loans.get().principal_left
        assert loans.get().principal_left == 0


def test_the_worst_cover_comes_first_then_the_oldest(pledged: Pledge) -> None:
    wanted = [
        Bound(100_00, 10_00, days=1), Bound(100_00, 10_00, days=2), Bound(100_00, 50_00),
        Bound(100_00, 90_00), Bound(200_00, 190_00), Bound(100_00, None, days=99),
    ]  # fmt: skip
    with board(pledged, wanted) as found:
        assert [one.pledge.number for one in found] == ["P5", "P4", "P3", "P2", "P1", "P6"]


def test_who_may_not_see_the_loan_sees_goods_and_days_only(world: World, pledged: Pledge) -> None:
    with world.desk(KEEPER) as keeper:
        (seen,) = covers(keeper)
        assert (seen.debt, seen.percent, seen.agreed, seen.gap) == (None, None, None, 0)
        assert (seen.value, seen.quantity) == (pledged.bound_value, pledged.bound_quantity)
        sums = total(covers(keeper), world.at)
        assert (sums.pledges, sums.known, sums.debt, sums.percent) == (1, 0, 0, None)
    with world.desk(BANK) as lender:
        assert covers(lender).get().debt == Loan.objects.get(deal=pledged.deal).principal_left
    with world.desk(OTHER) as other:
        assert not covers(other)
        assert total(covers(other), world.at).pledges == 0


def test_goods_lie_long_from_a_day_on(pledged: Pledge) -> None:
    with board(pledged, [Bound(1, 0, days=LONG_DAYS - 1), Bound(1, 0, days=LONG_DAYS)]) as found:
        old = covers(Actor.system()).filter(lying_long(START)).get()
        assert sorted(days_of(one, START) for one in found) == [LONG_DAYS - 1, LONG_DAYS]
        assert days_of(old, START) == LONG_DAYS
        midnight = START + timedelta(hours=12)  # in Shanghai
        assert covers(Actor.system()).filter(lying_long(midnight)).count() == 2


AMOUNTS = st.integers(0, 10**9)
BOUND = st.builds(Bound, AMOUNTS, st.none() | AMOUNTS, st.integers(0, 90), st.integers(0, 3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(BOUND, max_size=8))
def test_a_board_is_the_sum_of_its_pledges(pledged: Pledge, wanted: list[Bound]) -> None:
    with board(pledged, wanted) as found:
        sums = total(covers(Actor.system()), START)
        here = covers(Actor.system())
        assert (sums.pledges, sums.known) == (len(wanted), sum(b.debt is not None for b in wanted))
        assert sums.value == sum(one.value for one in found) == sum(b.value for b in wanted)
        assert sums.debt == sum(b.debt or 0 for b in wanted)
        assert sums.quantity == 10 * len(wanted)
        assert sums.ready == sum(b.ready for b in wanted)
        assert sums.gap == sum(one.gap for one in found)
        assert sums.short == here.filter(SHORT).count() == sum(one.gap > 0 for one in found)
        assert sums.to_fetch == here.filter(READY).count() == sum(b.ready > 0 for b in wanted)
        assert sums.long == sum(b.days >= LONG_DAYS for b in wanted)
        covered = sum(b.value for b in wanted if b.debt is not None)
        assert (sums.percent is None) == (covered == 0)
        if covered:
            assert abs(sums.percent - Decimal(sums.debt) * 100 / covered) <= Decimal("0.05")
        assert 0 <= sums.gap <= sums.debt
