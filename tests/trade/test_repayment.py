"""What is said of a repayment before it is made is what it then does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.models import Purpose
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus, Repayment
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.logistics.pledges.models import ReleaseLine
from heliu.logistics.pledges.policies import (
    Bound,
    least_value_freeing,
    taken_from,
    units_to_release,
)
from heliu.trade import close_of_day, repayment
from heliu.trade.financed_order import instructing, repaying
from heliu.trade.models import Deal
from heliu.trade.placed import Placed
from heliu.trade.repayment import Simulated, Subject

SYSTEM = Actor.system()


@pytest.fixture
def pledged(world: World) -> Placed:
    """Goods of three prices lie pledged."""
    placed = life.place(world, M1=150, M2=40, B1=100)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed))
    return placed


@pytest.fixture
def story(world: World, pledged: Placed) -> Iterator[Placed]:
    """As the worker in one transaction, so that many stories begin at the same point."""
    with world.worker():
        yield pledged


def subject(world: World, placed: Placed) -> Subject:
    assert placed.loan is not None
    return repayment.of_loan(SYSTEM, placed.loan.pk, on=day_of(world.at))


def pass_days(world: World, days: int) -> None:
    world.at += timedelta(days=days)
    close_of_day.close_of_day(at=world.at)


def pay(world: World, placed: Placed, amount: int, key: str) -> str:
    """The bank books a repayment: the step of the story by which every real one comes."""
    deal = Deal.objects.get(pk=placed.deal.pk)
    assert deal.lender is not None
    made = instructing.pay(
        deal, Purpose.REPAYMENT, deal.buyer, deal.lender, amount, key=key, at=world.at
    )
    repaying.repaid(deal, made, at=world.at)
    return str(made.pk)


def did(placed: Placed, key: str) -> tuple[object, ...]:
    """What a repayment did: what it paid, what is owed now, which goods it freed."""
    made = Repayment.objects.get(loan=placed.loan, key=key)
    loan = Loan.objects.get(pk=made.loan_id)
    freed = ReleaseLine.objects.filter(release__deal=placed.deal.pk, release__key=key)
    goods: dict[object, int] = {}
    for line in freed:
        goods[line.sku_id] = goods.get(line.sku_id, 0) + line.quantity
    paid = (made.fee, made.penalty, made.interest, made.principal, made.unapplied)
    return paid, loan.principal_left, loan.status in (LoanStatus.REPAID, LoanStatus.CLOSED), goods


def said(told: Simulated) -> tuple[object, ...]:
    paid, after = told.if_paid.paid.allocation, told.if_paid.after
    parts = (paid.fee, paid.penalty, paid.interest, paid.principal, paid.unapplied)
    goods = {one.sku.pk: one.units for one in told.goods if one.units}
    return parts, after.principal_left, after.status == LoanStatus.REPAID, goods


payments = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 1_100)), min_size=1, max_size=4)


@settings(
    max_examples=examples(12),
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(payments=payments, is_principal_first=st.booleans(), fee=st.integers(0, 500))
def test_a_repayment_does_what_was_said_of_it(
    world: World,
    story: Placed,
    payments: list[tuple[int, int]],
    is_principal_first: bool,
    fee: int,
) -> None:
    """Over any amounts and days: running, within grace, overdue, part repaid, too much."""
    began = world.at
    try:
        with transaction.atomic():
            Loan.objects.filter(pk=story.loan.pk).update(
                is_principal_first=is_principal_first, fee=fee
            )
            for place, (days, permille) in enumerate(payments):
                pass_days(world, days)
                now = subject(world, story)
                amount = max(1, now.owed.total * permille // 1000)
                told = now.simulate(amount)
                assert sum(said(told)[0]) == amount
                key = pay(world, story, amount, f"{place}")
                assert did(story, key) == said(told)
                if told.if_paid.after.status == LoanStatus.REPAID:
                    break
            transaction.set_rollback(True)
    finally:
        world.at = began


@settings(
    max_examples=examples(12),
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    days=st.integers(0, 120),
    first=st.integers(0, 900),
    wanted=st.tuples(st.integers(0, 150), st.integers(0, 40), st.integers(0, 100)),
)
def test_the_amount_for_wanted_goods_frees_them(
    world: World, story: Placed, days: int, first: int, wanted: tuple[int, int, int]
) -> None:
    """After any part repayment, on any day, the amount named frees what was asked for."""
    began = world.at
    try:
        with transaction.atomic():
            pass_days(world, days)
            if part := subject(world, story).owed.total * first // 1000:
                pay(world, story, part, "part")
            now = subject(world, story)
            bound = {one.sku.pk: one.bound for one in now.simulate(1).goods}
            goods = {sku: min(n, bound[sku]) for sku, n in zip(bound, wanted, strict=False)}
            if any(goods.values()):
                amount = now.amount_for(goods)
                told = now.simulate(amount)
                assert 0 < amount <= now.owed.total
                assert told.frees(goods)
                assert did(story, pay(world, story, amount, "goods")) == said(told)
            transaction.set_rollback(True)
    finally:
        world.at = began


rows = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5)), min_size=1, max_size=4)


@given(rows, st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_the_least_value_that_frees_wanted_units(
    rows: list[tuple[int, int]], wanted: list[int]
) -> None:
    """Against all values there are: it frees them, and no smaller one does."""
    lines = [Bound(*row) for row in rows]
    units = [min(n, line.quantity) for n, line in zip(wanted, lines, strict=False)]

    def frees(value: int) -> bool:
        freed = units_to_release(lines, entitlement=value, released_value=0).units
        return all(n <= m for n, m in zip(units, freed, strict=True))

    least = least_value_freeing(lines, units)
    assert frees(least)
    assert not any(frees(value) for value in range(least)) or not any(units)


def test_wanted_units_are_taken_from_the_oldest_row() -> None:
    lines = [Bound(3, 10), Bound(5, 20), Bound(4, 10)]
    assert taken_from(lines, "aba", {"a": 5, "b": 1}) == [3, 1, 2]


def test_waiting_costs_and_paying_early_saves(world: World, story: Placed) -> None:
    now = subject(world, story)
    all_of_it = now.simulate(now.owed.total)
    assert all_of_it.if_paid.a_day > 0 == all_of_it.if_paid.a_day_after
    loan = now.loan
    assert now.owed.interest + all_of_it.if_paid.saved == loan.interest
    assert all_of_it.quantity == 290
    half = now.simulate(now.owed.total // 2)
    assert 0 < half.if_paid.a_day_after < half.if_paid.a_day
    assert now.simulate(1).quantity == 0
    assert now.loan.principal_repaid == 0  # the loan itself is untouched


def test_while_a_loan_is_enforced_goods_come_free_with_the_last_of_it(
    world: World, story: Placed
) -> None:
    pass_days(world, 95)
    Loan.objects.filter(pk=story.loan.pk).update(status=LoanStatus.ENFORCING)
    now = subject(world, story)
    sku = now.lines[0].sku_id
    assert now.simulate(now.owed.total - 1).quantity == 0
    assert now.amount_for({sku: 1}) == now.owed.total
    assert now.simulate(now.owed.total).quantity == 290


def test_what_is_not_bound_is_refused_and_strangers_see_nothing(
    world: World, pledged: Placed
) -> None:
    with world.desk(world.dealer) as dealer:
        now = repayment.of_loan(dealer, pledged.loan.number, on=day_of(world.at))
        sku = now.lines[0].sku_id
        with pytest.raises(Invalid, match="not-bound"):
            now.amount_for({sku: 151})
        with pytest.raises(Invalid, match="nothing-wanted"):
            now.amount_for({sku: 0})
    with world.desk("owner@d002.demo") as stranger, pytest.raises(NotFound):
        repayment.of_loan(stranger, pledged.loan.number, on=day_of(world.at))


def test_nothing_is_simulated_on_a_loan_that_does_not_run(world: World) -> None:
    placed = life.place(world)
    with world.desk(world.dealer) as dealer, pytest.raises(Refused, match="not-to-repay"):
        repayment.of_loan(dealer, placed.loan.number, on=day_of(world.at))


def test_the_amount_for_a_share_on_the_due_day_repays_that_share(
    world: World, story: Placed
) -> None:
    """On its due day a loan that frees goods first pays what is due in the order of the law."""
    Loan.objects.filter(pk=story.loan.pk).update(is_principal_first=True)
    pass_days(world, (story.loan.due_on - day_of(world.at)).days)
    now = subject(world, story)
    amount = lending.amount_for(now.loan, Decimal(25), now.on)
    assert now.simulate(amount).if_paid.paid.allocation.principal == now.loan.principal // 4
