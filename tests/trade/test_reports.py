"""A lender's reports say what its books say, on any day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.lending.models import Loan
from heliu.capital.reports import queries as reports
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.trade import close_of_day, cover

BANK = "credit@bank.demo"


@pytest.fixture
def lent(world: World) -> World:
    """Three loans: one repaid in part, one repaid in whole, one that nobody pays; then 130 days."""
    part, whole, never = (life.to_pledge(world) for _ in range(3))
    life.repay(world, part.deal.id, 40)
    world.bank()
    life.repay(world, whole.deal.id, 100)
    world.bank()
    assert never.loan is not None
    with world.worker():
        Loan.objects.filter(deal=part.deal.id).update(due_on=day_of(world.at) + timedelta(days=200))
    world.later(days=130)
    be("heliu_worker")
    close_of_day.close_of_day(at=world.at)
    return world


def days_of(world: World) -> list[date]:
    """Days before, between and after everything that happened."""
    with world.worker():
        first = Loan.objects.order_by("disbursed_on").values_list("disbursed_on", flat=True)[0]
    assert first is not None
    last = day_of(world.at)
    return [first + timedelta(days=n) for n in range(-1, (last - first).days + 1, 9)] + [last]


def booked(actor: Actor, code: Code, on: date) -> int:
    rows = books.trial_balance(actor, on=on)
    return sum(row.debit - row.credit for row in rows if row.code == code)


def test_what_is_out_equals_the_books_on_every_day(lent: World) -> None:
    seen = set()
    for on in days_of(lent):
        with lent.desk(BANK) as bank:
            principal = booked(bank, Code.LOAN_PRINCIPAL, on)
            ages = reports.ageing(bank, on)
            dealers, sellers = reports.exposures(bank, on)
            covered = reports.covered(bank, on)
            assert sum(one.total.amount for one in ages) == principal
            assert sum(one.amount for one in dealers) == principal
            assert sum(one.amount for one in sellers) == principal
            assert sum(one.owed for one in covered) == principal
            assert reports.stands(bank, Code.LOAN_PRINCIPAL, [on]) == [principal]
            pledged = booked(bank, Code.COLLATERAL, on)
            assert reports.stands(bank, Code.COLLATERAL, [on]) == [pledged]
            used = sum(one.used for one in reports.limit_use(bank, on, lent.at))
            assert used == booked(bank, Code.LIMIT_USED, on)
        seen.add(principal)
    assert len(seen) >= 4  # the days differ
    laws.hold(lent)


def test_ages_are_by_days_past_the_due_day(lent: World) -> None:
    with lent.worker():
        never = Loan.objects.get(status="OVERDUE")
    for late, bucket in ((0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)):
        with lent.desk(BANK) as bank:
            [one] = reports.ageing(bank, never.due_on + timedelta(days=late))
        assert one.buckets[bucket].amount >= never.principal, late
        assert all(
            not of.amount for place, of in enumerate(one.buckets) if place not in (0, bucket)
        )


def test_cover_today_is_the_pledge_boards(lent: World) -> None:
    with lent.desk(BANK) as bank:
        board = {
            one.pledge.deal: (one.debt, one.value, one.percent)
            for one in cover.covers(bank)
            if one.debt
        }
        ours = {
            one.deal: (one.owed, one.pledged, one.percent)
            for one in reports.covered(bank, day_of(lent.at))
        }
    assert ours == board
    assert board


def test_a_vintage_counts_what_the_ageing_shows_for_the_first_time(lent: World) -> None:
    on = day_of(lent.at)
    for past in (0, 30, 90):
        crossed = 0
        with lent.worker():
            loans = list(Loan.objects.exclude(disbursed_on=None))
        for loan in loans:
            late_on = loan.due_on + timedelta(days=past + 1)
            if late_on <= on:
                with lent.desk(BANK) as bank:
                    owed = {one.deal: one.owed for one in reports.covered(bank, late_on)}
                crossed += owed.get(loan.deal, 0)
        with lent.desk(BANK) as bank:
            found = reports.vintages(bank, past, on)
        assert sum(sum(one.late.values()) for one in found) == crossed > 0
        assert sum(one.lent for one in found) == sum(loan.principal for loan in loans)
        assert sum(one.loans for one in found) == len(loans)


def test_limits_now_are_used_held_and_free(world: World) -> None:
    running, waiting = life.to_pledge(world), life.place(world, M1=20)
    assert running.loan is not None
    assert waiting.loan is not None
    with world.desk(BANK) as bank:
        [line] = reports.limit_use(bank, day_of(world.at), world.at)
        [then] = reports.limit_use(bank, day_of(world.at) - timedelta(days=1), world.at)
    assert (line.used, line.held) == (running.loan.principal, waiting.loan.principal)
    assert line.free == line.limit - line.used - waiting.loan.principal
    assert then.held is None


def test_reports_are_the_lenders_own(lent: World) -> None:
    other = lent.rival("bank")
    for email in (lent.dealer, "sales@seller.demo", "ops@operator.demo", other):
        with lent.desk(email) as actor:
            on = day_of(lent.at)
            assert reports.ageing(actor, on) == []
            assert reports.exposures(actor, on) == ([], [])
            assert reports.covered(actor, on) == []
            assert reports.vintages(actor, 0, on) == []
            assert reports.limit_use(actor, on, lent.at) == []
            assert reports.stands(actor, Code.LOAN_PRINCIPAL, [on]) == [0]


def test_loan_to_value_is_rounded_half_up_and_nothing_without_goods() -> None:
    assert reports.loan_to_value(1, 0) is None
    assert reports.loan_to_value(80_05, 100_00) == Decimal("80.1")
