"""What a lender's own rules let nobody do alone: corrections of payments, and programmes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_back_dated import RISK, step, turn_days

from heliu.capital.credit import drafting
from heliu.capital.credit.models import Programme, ProgrammeDraft
from heliu.capital.credit.policies import Modes
from heliu.capital.lending.models import Repayment, Replay
from heliu.demo.chain import enrol
from heliu.kernel.approvals import operations as engine
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.trade import approvals, corrections, programmes
from heliu.trade.models import Proposal

OTHER, CHIEF = "review@bank.demo", "chief@bank.demo"
MODES = Modes("LOAN", "DOWN_PAYMENT", "PROPORTIONAL", "DIFFERENCE_REFUND", Decimal(1))


@pytest.fixture
def ruled(world: World) -> World:
    """From CNY 100 on somebody else of the bank agrees to a correction, and to every programme."""
    with world.worker():
        enrol(CHIEF, "Chief", world.chain.bank, "owner")
    with world.desk(CHIEF) as chief:
        for act, amount in ((corrections.CORRECT, 100_00), (programmes.PROGRAMME, 0)):
            levels = [Level("decide")]
            engine.set_levels(act, from_amount=amount, levels=levels, actor=chief, at=world.at)
    return world


def vote(world: World, asked: Approval, who: str = OTHER, *, agrees: bool = True) -> None:
    with world.desk(who) as other:
        approvals.vote(
            asked.pk, agrees=agrees, reason="" if agrees else "No", actor=other, at=world.at
        )


def programme(world: World) -> Programme:
    with world.worker():
        return Programme.objects.get(pk=world.chain.programme)


def test_a_correction_waits_for_another_person_and_is_then_done(ruled: World) -> None:
    world, placed = ruled, life.to_pledge(ruled)
    life.repay(world, placed.deal.id, 40)
    world.bank()
    turn_days(world, 2)
    with world.worker():
        paid = Repayment.objects.get(loan=placed.loan)
    day = paid.effective - timedelta(days=2)
    said: Mapping[str, Any] = {"key": paid.key, "reason": "The advice says so."}
    with world.desk(RISK) as risk:
        again = {"actor": risk, "at": world.at}
        with pytest.raises(Invalid):  # what would be refused then is refused now
            corrections.correct_value_day(
                placed.deal.id, value_day=day + timedelta(days=30), **said, **again
            )
        asked = corrections.correct_value_day(placed.deal.id, value_day=day, **said, **again)
        assert corrections.is_asked(asked)
        with pytest.raises(Refused, match="approval-waits"):
            corrections.take_back(placed.deal.id, **said, **again)
        with pytest.raises(Forbidden, match="own-request"):
            approvals.vote(asked.pk, agrees=True, **again)
    with world.worker():
        assert not Replay.objects.exists()
        assert Repayment.objects.get(loan=placed.loan).effective == paid.effective
    vote(world, asked)
    with world.worker():
        assert Repayment.objects.get(loan=placed.loan).effective == day
        replay = Replay.objects.get()
        assert asked.asked_by_name in replay.by_name
        assert replay.by_name != asked.asked_by_name
        assert Proposal.objects.get(approval=asked.pk).done_at == world.at
    assert step(world, placed.deal.id).data["cause"] == "CORRECTED"
    laws.hold(world)


def test_a_no_changes_nothing_and_a_small_payment_asks_nobody(ruled: World) -> None:
    world, placed = ruled, life.to_pledge(ruled)
    life.repay(world, placed.deal.id, 40)
    world.bank()
    turn_days(world, 1)
    with world.worker():
        paid = Repayment.objects.get(loan=placed.loan)
    with world.desk(RISK) as risk:
        done = corrections.take_back(
            placed.deal.id, key=paid.key, reason="Not ours", actor=risk, at=world.at
        )
    assert corrections.is_asked(done)
    vote(world, done, agrees=False)
    with world.worker():
        assert not Replay.objects.exists()
    with world.desk(CHIEF) as chief:
        engine.set_levels(
            corrections.CORRECT, from_amount=100_00, levels=[], actor=chief, at=world.at
        )
        engine.set_levels(
            corrections.CORRECT, from_amount=paid.amount + 1, levels=[Level("decide")],
            actor=chief, at=world.at,
        )  # fmt: skip
    with world.desk(RISK) as risk:
        done = corrections.take_back(
            placed.deal.id, key=paid.key, reason="Not ours", actor=risk, at=world.at
        )
    assert not corrections.is_asked(done)
    laws.hold(world)


def test_each_way_to_change_a_programme_waits_for_another_person(ruled: World) -> None:
    world, stands = ruled, programme(ruled)
    terms = drafting.terms_of(stands) | {"fee_rate": Decimal("0.25")}
    with world.desk(RISK) as risk:
        by: Any = {"actor": risk, "at": world.at}
        draft = programmes.write(terms, seller=stands.seller, programme=stands.pk, **by)
        asked = programmes.send(draft.pk, **by)
        assert programmes.is_asked(asked)
        with pytest.raises(Refused, match="approval-waits"):
            programmes.cap_releases(stands.pk, 5_000_00, **by)
    assert programme(world).fee_rate == stands.fee_rate
    vote(world, asked)
    assert programme(world).fee_rate == Decimal("0.25")
    other = Modes("LOAN", "CASH_MARGIN", "DEPOSIT_FIRST", stands.seller_duty, Decimal(1))
    for do, name, value in (
        (
            lambda by: programmes.cap_releases(stands.pk, 5_000_00, **by),
            "auto_release_cap",
            500_000,
        ),
        (lambda by: programmes.change(stands.pk, other, **by), "deposit_mode", "CASH_MARGIN"),
    ):
        with world.desk(RISK) as risk:
            asked = do({"actor": risk, "at": world.at})
        assert programmes.is_asked(asked)
        assert getattr(programme(world), name) != value
        vote(world, asked)
        assert getattr(programme(world), name) == value


def test_a_draft_that_is_written_anew_is_asked_about_anew(ruled: World) -> None:
    world, stands = ruled, programme(ruled)
    terms = drafting.terms_of(stands)
    with world.desk(RISK) as risk:
        by: Any = {"actor": risk, "at": world.at}
        said: Any = {"seller": stands.seller, "programme": stands.pk}
        draft = programmes.write(terms | {"grace_days": 5}, **said, **by)
        first = programmes.send(draft.pk, **by)
        programmes.write(terms | {"grace_days": 30}, draft=draft.pk, **said, **by)
    assert programmes.is_asked(first)
    with pytest.raises(Refused, match="approval-over"):
        vote(world, first)
    assert programme(world).grace_days == stands.grace_days
    with world.worker():
        assert ProgrammeDraft.objects.get(pk=draft.pk).status == "DRAFT"


def test_a_question_that_has_run_out_keeps_no_new_one_from_being_asked(world: World) -> None:
    act = Act("rules", (Level("decide"),), agreed_by=("decide",), days=7)
    with world.desk(RISK) as risk:
        asked: Any = {
            "subject": world.chain.bank, "name": "R", "org": world.chain.bank, "amount": 0,
            "reason": "So", "actor": risk,
        }  # fmt: skip
        first = engine.ask(act, **asked, at=world.at)
        with pytest.raises(Refused, match="approval-waits"):
            engine.ask(act, **asked, at=world.at + timedelta(days=6))
        engine.ask(act, **asked, at=world.at + timedelta(days=7))
    with world.worker():
        first.refresh_from_db()
    assert first.status == "EXPIRED"
