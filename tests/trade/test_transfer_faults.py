"""A buyer's transfer settles its invoice once and of the day it came, however the bank tells of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank import incoming as arrivals
from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import Incoming
from heliu.capital.bank.port import BankTimeout
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.bank.sandbox.adapter import SandboxBank
from heliu.capital.bank.sandbox.models import Entry
from heliu.capital.terms.models import Invoice, Payment
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.trade import place_order, recalling
from heliu.trade.close_of_day import close_of_day


def invoiced(world: World) -> Invoice:
    """What a delivery on terms is owed for."""
    placed = life.place(world, pay_by="TERMS", M1=100)
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    life.receive(world, life.ship(world, placed), who=world.dealer)
    with world.worker():
        return Invoice.objects.get(order_id=placed.order.id)


def transferred(world: World, owed: Invoice) -> date:
    with world.worker():
        sandbox.transfer(
            payer=owed.buyer, payee=owed.seller, amount=owed.left, reference=owed.number,
            at=world.at,
        )  # fmt: skip
    return day_of(world.at)


def close(world: World, **later: int) -> None:
    be("heliu_worker")
    close_of_day(at=world.later(**later) if later else world.at)


def settled_on(world: World, owed: Invoice, day: date) -> None:
    with world.worker():
        owed.refresh_from_db()
        assert owed.settled_on is not None
        assert [one.value_day for one in Payment.objects.filter(buyer=owed.buyer)] == [day]
        assert Incoming.objects.count() == 1
    laws.hold(world)


@pytest.mark.parametrize("days", [1, 2, 6])
def test_however_late_the_statement_is_read(world: World, days: int) -> None:
    owed = invoiced(world)
    close(world)
    day = transferred(world, owed)
    close(world, days=days)
    settled_on(world, owed, day)


def test_however_often_it_is_read(world: World) -> None:
    owed = invoiced(world)
    day = transferred(world, owed)
    for _ in range(3):
        close(world, hours=9)
    settled_on(world, owed, day)


def test_a_bank_that_does_not_answer_is_asked_for_the_same_days_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = invoiced(world)
    close(world)
    day, tells = transferred(world, owed), SandboxBank.statement

    def silent(self: SandboxBank, number: str, day: date) -> Any:
        raise BankTimeout(number)

    monkeypatch.setattr(SandboxBank, "statement", silent)
    for _ in range(4):
        close(world, days=1)
    with world.worker():
        assert not Incoming.objects.exists()
    monkeypatch.setattr(SandboxBank, "statement", tells)
    close(world, days=1)
    settled_on(world, owed, day)


def test_a_transfer_told_by_mistake_is_withdrawn_and_told_again(world: World) -> None:
    owed = invoiced(world)
    day = transferred(world, owed)
    close(world, hours=1)
    with world.worker():
        gone = life.untransfer()
    close(world, hours=1)
    with world.worker():
        came = Incoming.objects.get()
        assert (came.status, came.recalls) == ("RECALLED", 1)
        owed.refresh_from_db()
        assert (owed.settled_on, owed.paid) == (None, 0)
    laws.hold(world)
    with world.worker():
        life.transfer_again(gone)
    close(world, hours=1)
    with world.worker():
        owed.refresh_from_db()
        came.refresh_from_db()
        assert (owed.settled_on, came.status, came.recalled_at) == (day, "MATCHED", None)
        valued = Payment.objects.filter(taken_back_at=None).values_list("value_day", flat=True)
        assert list(valued) == [day]
    laws.hold(world)


def test_a_transfer_told_with_another_amount_counts_as_the_bank_says_last(world: World) -> None:
    owed = invoiced(world)
    transferred(world, owed)
    with world.worker():
        (mine,) = Entry.objects.filter(reference=owed.number, amount__gt=0)
        Entry.objects.filter(pk=mine.pk).update(amount=mine.amount - 1)
    close(world, hours=1)
    with world.worker():
        owed.refresh_from_db()
        assert owed.left == 1
        Entry.objects.filter(pk=mine.pk).update(amount=mine.amount)
    close(world, hours=1)
    with world.worker():
        owed.refresh_from_db()
        assert owed.settled_on is not None
        assert Incoming.objects.get().recalls == 1
    laws.hold(world)


def test_what_was_used_again_stands_until_a_person_says_how_it_was_settled(world: World) -> None:
    owed = invoiced(world)
    transferred(world, owed)
    close(world, hours=1)
    with world.worker():
        came = Incoming.objects.get()
        arrivals.miss(came, at=world.at)
    with world.desk("credit@bank.demo") as officer, pytest.raises(Refused):
        recalling.let_go(came.pk, note="no", actor=officer, at=world.at)
    with world.desk("sales@seller.demo") as seller:
        with pytest.raises(Invalid, match="reason-missing"):
            recalling.let_go(came.pk, note=" ", actor=seller, at=world.at)
        assert bank.to_settle(bank.incoming_visible_to(seller)).count() == 1
        recalling.let_go(came.pk, note="paid in cash", actor=seller, at=world.at)
        with pytest.raises(Refused, match="not-missing"):
            recalling.let_go(came.pk, note="paid in cash", actor=seller, at=world.at)
    with world.worker():
        came.refresh_from_db()
        assert (came.status, came.note) == ("RECALLED", "paid in cash")
