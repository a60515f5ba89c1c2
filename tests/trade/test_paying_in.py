"""A deposit that the dealer pays in itself: however it comes, the lender keeps the deposit and no
more, and the dealer has the rest back."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.conftest import be
from tests.examples import examples
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import AccountKind, Incoming, PaymentInstruction, Purpose
from heliu.capital.bank.port import BankTimeout
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.bank.sandbox.adapter import SandboxBank
from heliu.capital.credit.models import Programme
from heliu.capital.lending import queries as lending
from heliu.capital.lending.models import Loan
from heliu.kernel.errors import Forbidden, Invalid
from heliu.trade import incoming, side_exits
from heliu.trade.bank_answers import talk_to_bank
from heliu.trade.close_of_day import close_of_day
from heliu.trade.models import Deal
from heliu.trade.placed import Placed

DEPOSIT = 6_000_00


@pytest.fixture
def placed(world: World) -> Placed:
    """An order whose deposit the dealer pays in itself, signed."""
    with world.worker():
        Programme.objects.update(deposit_by="PAID_IN")
    placed = life.place(world, M1=1_000, B1=1_050)
    life.sign(world, placed)
    be("heliu_worker")
    return placed


def pay_in(world: World, amount: int, reference: str, *, payer: UUID | None = None) -> None:
    sandbox.transfer(
        payer=payer or world.chain.dealers["D001"], payee=world.chain.bank, amount=amount,
        reference=reference, at=world.at, into=AccountKind.NOSTRO,
    )  # fmt: skip


def read(world: World) -> None:
    incoming.take_in_deposits(at=world.at)
    talk_to_bank(at=lambda: world.at)


def loan_now(placed: Placed) -> Loan:
    return Loan.objects.get(deal=placed.deal.id)


def returned(placed: Placed) -> int:
    back = PaymentInstruction.objects.filter(deal=placed.deal.id, purpose=Purpose.UNAPPLIED_BACK)
    return sum(back.filter(status="BOOKED").values_list("amount", flat=True))


@settings(
    max_examples=examples(6),
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    transfers=st.lists(
        st.tuples(st.integers(1, 2 * DEPOSIT) | st.just(DEPOSIT), st.booleans()),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_kept_is_the_deposit(
    world: World, placed: Placed, transfers: list[tuple[int, bool]]
) -> None:
    came = 0
    with transaction.atomic():
        for amount, is_read in transfers:
            pay_in(world, amount, placed.loan.number)
            came += amount
            if is_read:
                read(world)
        read(world)
        read(world)
        loan = loan_now(placed)
        if came < DEPOSIT:
            assert (loan.status, loan.unapplied, returned(placed)) == ("AWAIT_DEPOSIT", came, 0)
        else:
            assert (loan.status, loan.unapplied) == ("SELLER_PAID", 0)
            assert returned(placed) == came - DEPOSIT
        assert not lending.check()
        assert not bank.check()
        transaction.set_rollback(True)


def test_nobody_is_called_off_while_the_bank_says_nothing_of_the_day(
    world: World, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay_in(world, DEPOSIT, placed.loan.number)
    tells = SandboxBank.statement

    def silent(self: SandboxBank, number: str, day: date) -> Any:
        raise BankTimeout(number)

    monkeypatch.setattr(SandboxBank, "statement", silent)
    close(world, days=6)
    assert loan_now(placed).status == "AWAIT_DEPOSIT"
    monkeypatch.setattr(SandboxBank, "statement", tells)
    close(world, hours=1)
    assert loan_now(placed).status == "SELLER_PAID"
    laws.hold(world)


def test_the_sum_alone_is_enough_when_one_loan_waits_for_it(world: World, placed: Placed) -> None:
    pay_in(world, DEPOSIT, "thanks")
    read(world)
    assert loan_now(placed).status == "SELLER_PAID"


def test_anothers_money_is_no_deposit_until_a_person_says_so(world: World, placed: Placed) -> None:
    pay_in(world, DEPOSIT, placed.loan.number, payer=world.chain.seller)
    read(world)
    assert loan_now(placed).status == "AWAIT_DEPOSIT"
    came = Incoming.objects.get(status="SUSPENSE")
    with world.desk("sales@seller.demo") as seller, pytest.raises(Forbidden):
        incoming.name_loan(came.pk, loan=placed.loan.number, actor=seller)
    with world.desk("credit@bank.demo") as officer:
        with pytest.raises(Invalid):
            incoming.name_loan(came.pk, loan="LN-2611-999999", actor=officer)
        incoming.name_loan(came.pk, loan=placed.loan.number, actor=officer)
    be("heliu_worker")
    read(world)
    assert loan_now(placed).status == "SELLER_PAID"
    came.refresh_from_db()
    assert (came.status, came.settled_by_name) == ("SETTLED", officer.name)
    laws.hold(world)


def test_it_may_be_cancelled_and_what_came_goes_back(world: World, placed: Placed) -> None:
    pay_in(world, 100_00, placed.loan.number)
    read(world)
    with world.desk(world.dealer) as dealer:
        side_exits.cancel(placed.order.id, actor=dealer, reason="no", at=world.at)
    be("heliu_worker")
    assert Deal.objects.get(pk=placed.deal.id).outcome == "OPEN"
    read(world)
    assert Deal.objects.get(pk=placed.deal.id).outcome == "CANCELLED"
    assert returned(placed) == 100_00
    laws.hold(world)


def close(world: World, **later: int) -> None:
    close_of_day(at=world.later(**later))
