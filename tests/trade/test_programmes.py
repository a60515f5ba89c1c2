"""A lender writes a programme; what binds its seller waits for the seller's yes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.credit import drafting, operations
from heliu.capital.credit.models import Programme, ProgrammeDraft
from heliu.capital.credit.policies import Modes
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.trade import programmes

RISK, SELLER = "credit@bank.demo", "sales@seller.demo"


def write(world: World, *, new: bool = False, **wanted: Any) -> ProgrammeDraft:
    with world.desk(RISK) as risk:
        stands = Programme.objects.order_by("id").first()
        assert stands is not None
        terms = drafting.terms_of(stands) | wanted
        return drafting.write(
            terms, seller=stands.seller, programme=None if new else stands.pk, actor=risk,
            at=world.at,
        )  # fmt: skip


def send(world: World, draft: ProgrammeDraft) -> ProgrammeDraft:
    with world.desk(RISK) as risk:
        return drafting.send(draft.pk, actor=risk, at=world.at)


def answer(world: World, draft: ProgrammeDraft, *, agrees: bool, said: str = "") -> None:
    with world.desk(SELLER) as seller:
        programmes.answer(draft.pk, agrees=agrees, said=said, actor=seller, at=world.at)


def stands(world: World) -> Programme:
    with world.worker():
        return Programme.objects.order_by("id")[0]


def test_what_binds_nobody_anew_is_in_force_at_once(world: World) -> None:
    draft = send(world, write(world, fee_rate=Decimal("0.25"), days_options=[45]))
    assert draft.status == "AGREED"
    now = stands(world)
    assert (now.fee_rate, now.days_options) == (Decimal("0.25"), [45])
    loan = life.place(world).loan
    assert loan is not None
    assert loan.days == 45
    laws.hold(world)


def test_a_duty_is_in_force_when_the_seller_agreed_and_only_then(world: World) -> None:
    draft = write(world, ship_days=7, seller_duty="BUY_BACK", buy_back_share=Decimal("0.8"))
    with world.desk(SELLER) as seller:
        assert not drafting.visible_to(seller).exists()  # a draft is the lender's alone
        with pytest.raises(NotFound):
            programmes.answer(draft.pk, agrees=True, said="", actor=seller, at=world.at)
    assert send(world, draft).status == "OFFERED"
    assert stands(world).ship_days is None
    with world.desk(SELLER):
        assert Notice.objects.filter(kind="programme-offered").count() == 1
    with world.desk(RISK) as risk, pytest.raises(Forbidden):
        programmes.answer(draft.pk, agrees=True, said="", actor=risk, at=world.at)
    answer(world, draft, agrees=True)
    now = stands(world)
    assert (now.ship_days, now.seller_duty, now.buy_back_share) == (7, "BUY_BACK", Decimal("0.8"))
    with pytest.raises(Invalid):
        answer(world, draft, agrees=True)
    loan = life.place(world).loan
    assert loan is not None
    assert loan.ship_days == 7


def test_a_no_needs_a_reason_and_changes_nothing(world: World) -> None:
    draft = send(world, write(world, ship_days=7))
    with pytest.raises(Invalid):
        answer(world, draft, agrees=False)
    answer(world, draft, agrees=False, said="ten days")
    assert stands(world).ship_days is None
    with world.desk(RISK):
        assert ProgrammeDraft.objects.get(pk=draft.pk).said == "ten days"
        assert Notice.objects.filter(kind="programme-refused").exists()


def test_what_is_changed_meanwhile_stays(world: World) -> None:
    draft = send(world, write(world, ship_days=7))
    programme = stands(world).pk
    with world.desk(RISK) as risk:
        operations.cap_releases(programme, 9_000_00, actor=risk, at=world.at)
    answer(world, draft, agrees=True)
    assert (stands(world).ship_days, stands(world).auto_release_cap) == (7, 9_000_00)


def test_a_new_offer_takes_the_place_of_the_one_before(world: World) -> None:
    first = send(world, write(world, ship_days=7))
    second = send(world, write(world, ship_days=9))
    with pytest.raises(Invalid):
        answer(world, first, agrees=True)
    answer(world, second, agrees=True)
    assert stands(world).ship_days == 9
    with world.desk(RISK) as risk, pytest.raises(Refused):
        drafting.withdraw(second.pk, actor=risk, at=world.at)


def test_a_new_programme_finances_beside_the_first(world: World) -> None:
    send(world, write(world, new=True, name="Second", seller_duty="NONE", ship_days=None))
    with world.worker():
        assert Programme.objects.filter(lender=world.chain.bank, is_active=True).count() == 2
    life.place(world)
    laws.hold(world)


def test_the_modes_hold_at_once_and_the_duty_when_it_is_agreed(world: World) -> None:
    programme = stands(world).pk
    with world.desk(RISK) as risk:
        operations.change(
            programme,
            Modes("LOAN", "CASH_MARGIN", "PROPORTIONAL", "BUY_BACK", Decimal("0.6")),
            actor=risk, at=world.at,
        )  # fmt: skip
    assert (stands(world).deposit_mode, stands(world).seller_duty) == (
        "CASH_MARGIN", "DIFFERENCE_REFUND",
    )  # fmt: skip
    with world.worker():
        asked = ProgrammeDraft.objects.get()
    answer(world, asked, agrees=True)
    assert stands(world).seller_duty == "BUY_BACK"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"deposit_ratios": []},
        {"deposit_ratios": [Decimal("0.3"), Decimal("0.2")]},
        {"deposit_ratios": [Decimal(1)]},
        {"days_options": [400]},
        {"days_options": [0]},
        {"penalty_factor": Decimal("0.9")},
        {"price_fall": Decimal("1.1")},
        {"fee_rate": Decimal(-1)},
        {"ship_days": 0},
        {"single_name_cap": 1, "auto_approve_cap": 2},
        {"day_count": "ACT/361"},
        {"instrument": "ACCEPTANCE_BILL"},
    ],
)
def test_what_no_programme_can_say_is_refused_with_its_field(
    world: World, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        write(world, **wrong)
    assert refused.value.field
