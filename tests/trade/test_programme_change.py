"""A bank finances in another way from now on: new deals are made so, those that are made stay."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from django.db import ProgrammingError
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import Programme, ProgrammeDraft
from heliu.capital.credit.policies import Modes
from heliu.capital.lending.models import Loan
from heliu.kernel.errors import Forbidden, Invalid, NotFound
from heliu.kernel.events.models import Notice
from heliu.trade import programmes
from heliu.trade.placed import Placed

BILL = Modes("ACCEPTANCE_BILL", "CASH_MARGIN", "DEPOSIT_FIRST", "BUY_BACK", Decimal("0.6"))


def change(world: World, modes: Modes, desk: str = "credit@bank.demo") -> None:
    with world.desk(desk) as officer:
        credit.change(world.chain.programme, modes, actor=officer, at=world.at)


def agree(world: World) -> None:
    """The seller agrees to the one duty it is asked for."""
    with world.desk("sales@seller.demo") as seller:
        asked = ProgrammeDraft.objects.get(status="OFFERED")
        programmes.answer(asked.pk, agrees=True, said="", actor=seller, at=world.at)


def modes_of(world: World, placed: Placed) -> Modes:
    with world.worker():
        loan = Loan.objects.get(deal=placed.deal.pk)
    return Modes(**{one.name: getattr(loan, one.name) for one in dataclasses.fields(Modes)})


def test_deals_keep_what_they_were_made_under(world: World) -> None:
    before = life.place(world)
    life.sign(world, before)
    world.bank()
    change(world, BILL)
    change(world, BILL)  # said again, it is nothing new
    agree(world)
    after = life.place(world)
    assert modes_of(world, after) == BILL
    assert modes_of(world, before) == Modes(
        "LOAN", "DOWN_PAYMENT", "PROPORTIONAL", "DIFFERENCE_REFUND", Decimal(1)
    )
    life.sign(world, after)
    world.bank()
    with world.worker():
        assert Loan.objects.get(deal=after.deal.pk).accepted_on is not None
        told = Notice.objects.filter(kind="programme-changed")
        assert {one.org for one in told} == {world.chain.seller}
    laws.hold(world)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"deposit_mode": "DOWN_PAYMENT"}, "bill-without-margin"),
        ({"release_mode": "PROPORTIONAL"}, "bill-frees-by-share"),
        ({"seller_duty": "PRAYER"}, "mode-unknown"),
        ({"buy_back_share": Decimal("1.01")}, "share-out-of-range"),
    ],
)
def test_what_does_not_go_together_is_refused(
    world: World, other: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        change(world, dataclasses.replace(BILL, **other))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_only_whoever_may_overrule_at_the_lender_changes_it(world: World) -> None:
    for desk, refusal in (
        ("review@bank.demo", Forbidden),
        ("sales@seller.demo", Forbidden),
        ("owner@d001.demo", Forbidden),
    ):
        with pytest.raises(refusal):
            change(world, BILL, desk)
    with world.desk("credit@bank.demo") as officer, pytest.raises(NotFound):
        credit.change(world.chain.seller, BILL, actor=officer, at=world.at)


def test_the_database_lets_nobody_else_write_it(world: World) -> None:
    life.place(world)  # a dealer that is financed under it reads it
    for desk in ("sales@seller.demo", "owner@d001.demo"):
        with world.desk(desk):
            mine = Programme.objects.filter(pk=world.chain.programme)
            assert mine.exists()
            assert mine.update(notice_days=0) == 0
    with world.desk("sales@seller.demo"), pytest.raises(ProgrammingError):
        Programme.objects.create(
            lender=world.chain.bank, seller=world.chain.seller, name="Our own",
            deposit_ratios=[Decimal("0.1")], days_options=[30], single_name_cap=1,
            auto_approve_cap=1,
        )  # fmt: skip
