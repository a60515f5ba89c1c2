"""Goods that came short, or never left: what stays bound, and what the seller is called on for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.credit.models import Programme, ReleaseMode
from heliu.capital.lending.policies.covering import least_cover
from heliu.kernel.events.models import Notice
from heliu.logistics.pledges.models import Pledge
from heliu.trade import close_of_day, repayment, side_exits
from heliu.trade.financed_order import repaying
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.paperwork import loan_of
from heliu.trade.placed import Placed


@given(
    exposure=st.integers(0, 10**12),
    mode=st.sampled_from(ReleaseMode.values),
    ratio=st.decimals(0, Decimal("0.9"), places=4),
)
def test_the_least_cover_covers_and_a_fen_less_does_not(
    exposure: int, mode: str, ratio: Decimal
) -> None:
    most = (Decimal(1) if mode == ReleaseMode.DEPOSIT_FIRST else 1 - ratio) + Decimal("0.05")
    least = least_cover(exposure, mode, ratio)
    assert exposure <= least * most
    assert not exposure or exposure > (least - 1) * most


def pledge_of(world: World, placed: Placed) -> Pledge:
    with world.worker():
        return Pledge.objects.get(deal=placed.deal.id)


def close(world: World, **later: int) -> None:
    world.at += timedelta(**later)
    be("heliu_worker")
    close_of_day.close_of_day(at=world.at)


def agreed_to_ship(world: World, days: int) -> None:
    with world.worker():
        Programme.objects.update(ship_days=days)


def short_by(world: World, mugs: int) -> Placed:
    """A deal whose seller's refund for missing mugs the bank refuses."""
    placed = life.place(world, M1=1000, B1=1050)
    life.sign(world, placed)
    world.bank()
    with world.worker():
        sandbox.script(fault="reject", purpose="REFUND", deal=placed.deal.id)
    life.receive(world, life.ship(world, placed), lost=mugs)
    world.bank()
    return placed


def test_a_few_missing_pieces_hold_nothing(world: World) -> None:
    placed = short_by(world, 10)
    assert pledge_of(world, placed).short_since is None
    life.repay(world, placed.deal.id, 10)
    world.bank()
    assert pledge_of(world, placed).released_value


def test_what_must_be_paid_to_free_goods_is_told_rightly_while_they_are_short(
    world: World,
) -> None:
    placed = short_by(world, 400)
    assert pledge_of(world, placed).is_short
    with world.desk(world.dealer) as dealer:
        loan = loan_of(Deal.objects.get(pk=placed.deal.id))
        subject = repayment.of_loan(dealer, loan.number, on=world.at.date())
        wanted = {world.chain.skus["M1"]: 1}
        amount = subject.amount_for(wanted)
        assert subject.simulate(amount).frees(wanted)
        assert not subject.simulate(amount - 1).frees(wanted)
    with world.desk(world.dealer):
        assert Notice.objects.filter(kind="goods-short").count() == 1
    life.repay(world, placed.deal.id, 100)
    world.bank()
    pledge = pledge_of(world, placed)
    assert (pledge.status, pledge.short_since) == ("RELEASED", None)
    laws.hold(world)


def test_the_seller_is_called_once_and_not_while_the_bank_is_paying(world: World) -> None:
    agreed_to_ship(world, 5)
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    with world.worker():
        sandbox.script(
            fault="delay", purpose="REPAYMENT", deal=placed.deal.id, delay=timedelta(days=2)
        )
        assert Deal.objects.get(pk=placed.deal.id).ship_by is not None
    with world.desk(world.dealer) as dealer:
        repaying.repay(
            placed.deal.id, actor=dealer, key="part", percent=Decimal(10),
            at=world.later(days=5, hours=20),
        )  # fmt: skip
    close(world)
    with world.worker():
        assert not DealStep.objects.filter(step=Step.NOT_SHIPPED).exists()
    close(world, days=3)
    close(world, days=1)
    close(world, days=1)
    with world.worker():
        assert DealStep.objects.filter(step=Step.NOT_SHIPPED).count() == 1
        asked = PaymentInstruction.objects.filter(deal=placed.deal.id, purpose="REFUND")
        assert [(one.amount, one.status) for one in asked] == [(placed.order.total, "BOOKED")]
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
    laws.hold(world)


def test_what_left_in_time_calls_nobody(world: World) -> None:
    agreed_to_ship(world, 5)
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    life.ship(world, placed)
    close(world, days=9)
    with world.worker():
        assert not DealStep.objects.filter(step=Step.NOT_SHIPPED).exists()
        assert Deal.objects.get(pk=placed.deal.id).ship_by is None
    laws.hold(world)


def test_a_refused_refund_of_a_short_count_is_paid_again_and_frees_the_goods(
    world: World,
) -> None:
    placed = short_by(world, 400)
    life.repay(world, placed.deal.id, 5)
    world.bank()
    assert not pledge_of(world, placed).released_value
    with world.desk("sales@seller.demo") as seller:
        refused = PaymentInstruction.objects.get(deal=placed.deal.id, status="REJECTED")
        side_exits.pay_again(refused.pk, actor=seller, at=world.at)
    world.bank()
    pledge = pledge_of(world, placed)
    assert pledge.short_since is None
    assert pledge.released_value
    laws.hold(world)
