"""Where a dealer's house wants two signatures, nothing moves before the second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.lending.models import Loan
from heliu.demo.chain import enrol
from heliu.kernel.approvals import operations as questions
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.errors import Forbidden, Refused
from heliu.kernel.parties.models import Organization
from heliu.trade import approvals, side_exits
from heliu.trade.financed_order import signing
from heliu.trade.placed import Placed

SECOND = "second@d001.demo"


@pytest.fixture
def ruled(world: World) -> World:
    """The first dealer's loans from CNY 100 on are signed by two."""
    with world.worker():
        enrol(SECOND, "Second Signer", world.chain.dealers["D001"], "owner")
    with world.desk(world.dealer) as owner:
        questions.set_levels(
            signing.SIGN, from_amount=100_00, levels=[Level("sign")],
            actor=owner, at=world.at,
        )  # fmt: skip
    return world


def asked(world: World, placed: Placed) -> Approval:
    """The first signature, and what it asks for."""
    life.sign(world, placed)
    with world.worker():
        assert Loan.objects.get(deal=placed.deal.id).status == "QUOTED"
        assert not PaymentInstruction.objects.filter(deal=placed.deal.id).exists()
        return Approval.objects.get(subject=placed.deal.id)


def vote(world: World, question: Approval, email: str, *, agrees: bool = True) -> None:
    with world.desk(email) as actor:
        approvals.vote(question.pk, agrees=agrees, reason="too much", actor=actor, at=world.at)


def test_a_loan_of_a_branch_is_signed_by_two_of_the_branch_whoever_of_above_signs_first(
    ruled: World,
) -> None:
    with ruled.worker():
        house = ruled.chain.dealers["D002"]
        Organization.objects.filter(pk=ruled.chain.dealers["D001"]).update(parent=house)
    placed = life.place(ruled, M1=20)
    life.sign(ruled, placed, who="owner@d002.demo")
    with ruled.worker():
        question = Approval.objects.get(subject=placed.deal.id)
    assert question.org == placed.deal.buyer
    vote(ruled, question, SECOND)
    with ruled.worker():
        assert Loan.objects.get(deal=placed.deal.id).status == "AWAIT_DEPOSIT"


def test_the_second_signature_starts_the_deal_and_both_names_stand_there(ruled: World) -> None:
    placed = life.place(ruled, M1=20)
    question = asked(ruled, placed)
    with pytest.raises(Forbidden):
        vote(ruled, question, ruled.dealer)
    with pytest.raises(Refused):
        life.sign(ruled, placed)
    vote(ruled, question, SECOND)
    ruled.bank()
    with ruled.worker():
        loan = Loan.objects.get(deal=placed.deal.id)
        assert loan.status == "SELLER_PAID"
        assert loan.signed_by_name.endswith(", Second Signer")
        assert loan.signed_by_name.startswith(question.asked_by_name)


def test_a_no_leaves_the_offer_open_until_it_runs_out(ruled: World) -> None:
    placed = life.place(ruled, M1=20)
    vote(ruled, asked(ruled, placed), SECOND, agrees=False)
    life.sign(ruled, placed)  # the first signer may ask again
    with ruled.worker():
        assert Approval.objects.filter(subject=placed.deal.id, status="WAITING").count() == 1


def test_after_the_offer_has_run_out_a_second_signature_is_refused(ruled: World) -> None:
    placed = life.place(ruled, M1=20)
    question = asked(ruled, placed)
    ruled.at += timedelta(days=3)
    with pytest.raises(Refused) as refused:
        vote(ruled, question, SECOND)
    assert refused.value.code == "quote-expired"
    with ruled.worker():
        assert Approval.objects.get(pk=question.pk).status == "WAITING"


def test_what_is_called_off_waits_for_nobody(ruled: World) -> None:
    placed = life.place(ruled, M1=20)
    question = asked(ruled, placed)
    with ruled.desk(ruled.dealer) as owner:
        side_exits.cancel(placed.order.id, actor=owner, reason="too slow", at=ruled.at)
    with ruled.worker():
        assert Approval.objects.get(pk=question.pk).status == "EXPIRED"


def test_small_loans_are_signed_alone(ruled: World) -> None:
    placed = life.place(ruled, M1=8)
    life.sign(ruled, placed)
    ruled.bank()
    with ruled.worker():
        assert Loan.objects.get(deal=placed.deal.id).status == "SELLER_PAID"
