"""A supervised account is frozen: nothing leaves it, all that is held stands, and it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.pictures import png
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank import freezing as accounts
from heliu.capital.bank import queries as payments
from heliu.capital.bank.freeze_models import Freeze
from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.lending.models import Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.models import Approval
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.files import queries as files
from heliu.trade import approvals, close_of_day, freezing
from heliu.trade.models import DealStep, Step

BANK, OTHER, DEALER, SELLER = (
    "credit@bank.demo", "review@bank.demo", "owner@d001.demo", "sales@seller.demo",
)  # fmt: skip


def order(world: World, **said: Any) -> accounts.Order:
    usual = {"authority": "COURT", "paper": "(2026) 0571-12", "reason": "A claim of others"}
    return accounts.Order(world.chain.dealers["D001"], **usual | said)


def vote(world: World, asked: Approval, *, agrees: bool = True) -> None:
    with world.desk(OTHER) as other:
        approvals.vote(
            asked.pk, agrees=agrees, reason="" if agrees else "No", actor=other, at=world.at
        )


def frozen(world: World, **said: Any) -> Freeze:
    with world.desk(BANK) as officer:
        one, asked = freezing.ask(order(world, **said), actor=officer, at=world.at)
    vote(world, asked)
    return one


def lifted(world: World, one: Freeze) -> None:
    with world.desk(BANK) as officer:
        asked = freezing.ask_to_lift(
            one.number, paper="(2026) 0571-13", reason="Settled", actor=officer, at=world.at
        )[1]
    vote(world, asked)


@contextmanager
def kept_out(words: str) -> Iterator[None]:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield


def test_only_two_persons_of_the_bank_freeze_with_paper_and_reason(world: World) -> None:
    life.to_pledge(world)
    with world.desk(DEALER) as dealer, pytest.raises(Forbidden):
        freezing.ask(order(world), actor=dealer, at=world.at)
    with world.desk(BANK) as officer:
        by: Any = {"actor": officer, "at": world.at}
        for wrong in ({"paper": " "}, {"reason": ""}, {"authority": "NOBODY"}):
            with pytest.raises(Invalid):
                freezing.ask(order(world, **wrong), **by)
        with pytest.raises(Invalid, match="account-missing"):
            freezing.ask(order(world)._replace(org=world.chain.dealers["D002"]), **by)
        one, asked = freezing.ask(order(world), **by)
        shown = freezing.show(one.number, name="order.png", content=png(), **by)
        with pytest.raises(Refused, match="not-frozen"):
            freezing.ask_to_lift(one.number, paper="x", reason="y", **by)
        with pytest.raises(Forbidden, match="own-request"):
            approvals.vote(asked.pk, agrees=True, **by)
    with world.desk(DEALER) as dealer:  # what is only asked for is the bank's own
        assert not accounts.visible_to(dealer).exists()
        assert not Freeze.objects.exists()
    vote(world, asked)
    with world.desk(DEALER) as dealer:
        assert accounts.get(dealer, one.number).status == "FROZEN"
        assert files.get(dealer, shown.file)
        with kept_out("its bank"):
            Freeze.objects.update(reason="Nothing")
        assert Notice.objects.filter(kind="account-frozen").exists()
    with world.desk(SELLER) as seller, pytest.raises(NotFound):
        accounts.get(seller, one.number)
    with world.worker(), kept_out("says what it says"):
        Freeze.objects.update(paper="another")


def test_payments_wait_while_it_is_frozen_and_what_is_held_stands(world: World) -> None:
    life.to_pledge(world)  # the account is there
    one = frozen(world)
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    assert placed.loan is not None
    with world.worker():
        loan = Loan.objects.get(pk=placed.loan.pk)
        assert loan.status == "DISBURSING"
        assert loan.limit_hold is not None
        waits = PaymentInstruction.objects.get(
            deal=placed.deal.id, status="CREATED", purpose="DISBURSEMENT"
        )
        assert (waits.purpose, waits.attempts) == ("DISBURSEMENT", 0)
        with kept_out("is frozen"):
            PaymentInstruction.objects.filter(pk=waits.pk).update(status="SENT", attempts=1)
        step = DealStep.objects.get(deal=placed.deal.id, step=Step.PAYMENTS_STOPPED)
        assert step.key == one.number
        assert not payments.unanswered(world.chain.bank, until=world.at.date()).exists()
    with world.desk(SELLER):
        assert Notice.objects.filter(kind="payments-stopped").count() == 1
    second = frozen(world, authority="BANK", paper="internal 7")
    world.later(days=2)
    lifted(world, one)
    world.bank()
    with world.worker():
        assert PaymentInstruction.objects.get(pk=waits.pk).status == "CREATED"
    lifted(world, second)
    world.bank()
    with world.worker():
        assert Loan.objects.get(pk=loan.pk).status == "SELLER_PAID"
        steps = DealStep.objects.filter(deal=placed.deal.id, step=Step.PAYMENTS_FREED)
        assert steps.count() == 2
    laws.hold(world)


def test_a_no_freezes_nothing_and_money_comes_in_as_ever(world: World) -> None:
    placed = life.to_pledge(world)
    with world.desk(BANK) as officer:
        asked = freezing.ask(order(world), actor=officer, at=world.at)[1]
    vote(world, asked, agrees=False)
    with world.worker():
        assert not accounts.in_force(Actor.system()).exists()
    frozen(world, paper="another")
    life.repay(world, placed.deal.id, 40)
    world.bank()
    with world.worker():
        assert Loan.objects.get(deal=placed.deal.id).principal_repaid > 0
    laws.hold(world)


def test_what_is_withdrawn_or_refused_says_so_and_may_be_asked_for_again(world: World) -> None:
    life.to_pledge(world)
    with world.desk(BANK) as officer:
        one, asked = freezing.ask(order(world), actor=officer, at=world.at)
        approvals.withdraw(asked.pk, actor=officer, at=world.at)
        assert accounts.get(officer, one.number).status == "WITHDRAWN"
        again, asked = freezing.ask(order(world), actor=officer, at=world.at)
        assert (again.pk, accounts.get(officer, one.number).status) == (one.pk, "ASKED")
    vote(world, asked, agrees=False)
    with world.desk(BANK) as officer:
        assert accounts.get(officer, one.number).status == "REFUSED"
    with world.desk(BANK) as officer:
        freezing.ask(order(world), actor=officer, at=world.at)
    with world.worker():
        close_of_day.close_of_day(at=world.later(days=1))
        assert Freeze.objects.get().status == "ASKED"
        close_of_day.close_of_day(at=world.later(days=1))
        assert Freeze.objects.get().status == "EXPIRED"
    assert frozen(world).status == "ASKED"  # as it was when it was asked for
    with world.desk(DEALER) as dealer:
        assert accounts.get(dealer, one.number).status == "FROZEN"
