"""A month of the books is closed when all is settled, and takes no entry from then on."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_back_dated import turn_days

from heliu.capital.bank.models import StatementLine
from heliu.capital.books import queries as books
from heliu.capital.books.models import Period, PeriodRow
from heliu.capital.lending.models import Loan
from heliu.demo.chain import enrol
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import DayClosed
from heliu.trade import closing_books
from heliu.trade.approvals import vote

RISK = "credit@bank.demo"
NOVEMBER = date(2026, 11, 1)


def close(world: World, email: str, first: date = NOVEMBER) -> Period | Approval:
    with world.desk(email) as actor:
        return closing_books.close(first, actor=actor, at=world.at)


def into_december(world: World) -> None:
    turn_days(world, (date(2026, 12, 4) - world.at.date()).days)


def test_the_first_month_of_a_book_is_known_before_and_after_it_is_sealed(world: World) -> None:
    empty = world.chain.dealers["D002"]
    assert months(world, empty) == (None, None)
    life.to_pledge(world)
    bank = world.chain.bank
    assert months(world, bank) == (NOVEMBER, None)  # another's book is not told
    with world.worker():
        posting.seal(world.at)
    assert months(world, bank) == (NOVEMBER, None)


def months(world: World, org: UUID) -> tuple[date | None, date | None]:
    """The next month of a book as the worker sees it, and a house whose book it is not."""
    with world.worker():
        known = books.next_month(org)
    with world.desk(world.dealer):
        return known, books.next_month(org)


def test_a_month_is_closed_in_turn_and_only_when_it_is_over(world: World) -> None:
    life.to_pledge(world)
    with pytest.raises(Refused, match="period-not-over"):
        close(world, RISK)
    into_december(world)
    with pytest.raises(Refused, match="period-not-next"):
        close(world, RISK, date(2026, 12, 1))
    with world.desk("review@bank.demo") as clerk, pytest.raises(Forbidden):
        closing_books.close(NOVEMBER, actor=clerk, at=world.at)
    period = close(world, RISK)
    assert isinstance(period, Period)
    with world.desk(RISK) as officer:
        rows = books.trial_balance(officer, on=period.last)
        kept = {(row.code, row.other): row.closing for row in period.rows.all() if row.closing}
        assert kept == {(row.code, row.other): row.debit - row.credit for row in rows}
        assert sum(row.debit - row.credit for row in period.rows.all()) == 0
    with world.desk(world.dealer):
        assert not Period.objects.exists()  # another's
    laws.hold(world)


def test_what_is_open_keeps_a_month_open(world: World) -> None:
    placed = life.to_pledge(world)
    into_december(world)
    with world.worker():
        Loan.objects.filter(pk=placed.loan.pk).update(accrued_to=date(2026, 11, 20))
        row = StatementLine.objects.filter(bank=world.chain.bank)[0]
        StatementLine.objects.filter(pk=row.pk).update(verdict="AMOUNT_DIFF")
    with world.desk(RISK) as officer:
        found = {one.what for one in closing_books.what_is_open(officer, NOVEMBER)}
    assert found == {"interest", "differences"}
    with pytest.raises(Refused, match="period-unsettled"):
        close(world, RISK)


def test_the_database_refuses_entries_on_closed_days(world: World) -> None:
    life.to_pledge(world)
    into_december(world)
    close(world, RISK)
    with world.worker():
        accounts = [row.pk for row in books.visible_to(Actor.system()).filter(org=world.chain.bank)]
        lines = (posting.Line(accounts[0], 5), posting.Line(accounts[1], -5))
        entry = posting.Journal(new_id(), "k", "accrued", lines, date(2026, 11, 30), new_id())
        with pytest.raises(DayClosed) as closed:
            posting.post([entry], at=world.at)
        assert closed.value.last == date(2026, 11, 30)
        period = Period.objects.get(org=world.chain.bank)
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            PeriodRow.objects.update(debit=0)
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            Period.objects.filter(pk=period.pk)._raw_delete("default")
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            Period.objects.filter(pk=period.pk).update(last=date(2026, 11, 29))


def test_the_newest_month_is_opened_again_with_a_reason(world: World) -> None:
    life.to_pledge(world)
    into_december(world)
    period = close(world, RISK)
    assert isinstance(period, Period)
    with world.desk(RISK) as officer:
        with pytest.raises(Invalid, match="reason"), transaction.atomic():
            closing_books.reopen(period.pk, reason=" ", actor=officer, at=world.at)
        closing_books.reopen(period.pk, reason="A fee is missing.", actor=officer, at=world.at)
        assert posting.closed_to([world.chain.bank]) is None
        assert period.rows.exists()  # the trial balance of then stays
    again = close(world, RISK)
    assert isinstance(again, Period)
    assert again.pk != period.pk
    laws.hold(world)


def test_where_the_house_has_a_rule_another_must_agree(world: World) -> None:
    life.to_pledge(world)
    into_december(world)
    with world.desk(RISK) as officer:
        approvals.set_levels(
            closing_books.CLOSE,
            from_amount=0,
            levels=[Level("manage", 1)],
            actor=officer,
            at=world.at,
        )
    asked = close(world, RISK)
    assert isinstance(asked, Approval)
    second = "second@bank.demo"
    with world.worker():
        enrol(second, "Second Officer", world.chain.bank, "risk-officer")
    with world.desk(second) as other:
        vote(asked.pk, agrees=True, actor=other, at=world.at + timedelta(minutes=1))
    with world.desk(RISK):
        assert Period.objects.get().status == "CLOSED"
