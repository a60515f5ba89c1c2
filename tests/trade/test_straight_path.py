"""The pledged order from click to pick-up, as each of its people."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank.sandbox import operations as sandbox
from heliu.kernel.clock import day_of
from heliu.kernel.events.models import Notice
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deals, deliveries, place_order, previewing
from heliu.trade.bank_answers import talk_to_bank
from heliu.trade.financed_order import repaying, signing
from heliu.trade.models import Deal, Outcome
from heliu.trade.paperwork import loan_of, order_of, pledge_of


def test_from_click_to_pick_up(world: World) -> None:
    with world.desk(world.dealer) as dealer:
        shown = previewing.preview(
            actor=dealer, seller=world.chain.seller, lines=world.lines(M1=200, B1=100), at=world.at
        )
        assert shown.total == 200 * 900 + 100 * 2000
        assert {way.pay_by: way.is_open for way in shown.ways}["FINANCE"], shown
        placed = place_order.place(
            actor=dealer, seller=world.chain.seller, lines=world.lines(M1=200, B1=100),
            pay_by="FINANCE", at=world.at,
        )  # fmt: skip
        assert placed.loan is not None
        assert placed.loan.status == "QUOTED"
    deal_id = placed.deal.id
    with world.desk(world.dealer) as dealer:
        signing.sign(
            deal_id, actor=dealer, agreement_digest=placed.loan.agreement_digest, consent=True,
            at=world.later(minutes=1),
        )  # fmt: skip
    assert world.bank() > 0
    with world.worker():
        deal = Deal.objects.get(pk=deal_id)
        assert loan_of(deal).status == "SELLER_PAID"
        assert order_of(deal).status == "CONFIRMED"
    with world.desk("sales@seller.demo") as seller:
        shipment = deliveries.ship(
            placed.order.id, actor=seller, carrier="Shunda", at=world.later(hours=3)
        )
    with world.desk("gate@warehouse.demo") as keeper:
        lines = list(Shipment.objects.get(pk=shipment.pk).lines.all())
        deliveries.goods_received(
            shipment.id, actor=keeper, counts=[Count(line.id, line.quantity) for line in lines],
            at=world.later(days=1),
        )  # fmt: skip
    with world.desk(world.dealer) as dealer:
        repaying.repay(
            deal_id, actor=dealer, key="first", percent=Decimal(30), at=world.later(days=10)
        )
    world.bank()
    code = pick_up_code(world)
    with world.desk("gate@warehouse.demo") as keeper:
        verdict = deliveries.pick_up(actor=keeper, code=code, at=world.later(hours=1))
        assert verdict.go, verdict.words
        again = deliveries.pick_up(actor=keeper, code=code, at=world.at)
        assert not again.go
    with world.desk(world.dealer) as dealer:
        repaying.repay(
            deal_id, actor=dealer, key="last", percent=Decimal(100), at=world.later(days=10)
        )
    world.bank()
    code = pick_up_code(world)
    with world.desk("gate@warehouse.demo") as keeper:
        assert deliveries.pick_up(actor=keeper, code=code, at=world.later(hours=1)).go
    with world.worker():
        deal = Deal.objects.get(pk=deal_id)
        pledge = pledge_of(deal)
        assert pledge is not None
        assert (deal.outcome, pledge.status) == (Outcome.CLOSED, "CLOSED")
        assert (loan_of(deal).status, order_of(deal).status) == ("CLOSED", "COMPLETED")


def pick_up_code(world: World) -> str:
    """The code of the newest pick-up notice in the dealer's inbox."""
    with world.desk(world.dealer):
        notice = Notice.objects.filter(kind="goods-released").order_by("-at", "-id").first()
        assert notice is not None
        return str(notice.params["code"])


def test_interest_runs_since_the_bank_booked_the_loan(world: World) -> None:
    placed = life.place(world)
    with world.worker():
        sandbox.script(
            fault="delay", purpose="DISBURSEMENT", deal=placed.deal.id, delay=timedelta(days=3)
        )
    life.sign(world, placed)
    world.bank()
    booked = day_of(world.at)
    world.later(days=4)
    world.bank()
    with world.worker() as system:
        loan = loan_of(deals.get(system, placed.deal.id))
        assert loan.status == "SELLER_PAID"
        assert (loan.disbursed_on, loan.due_on) == (booked, booked + timedelta(days=loan.days))
    laws.hold(world)


def test_a_story_never_runs_back(world: World) -> None:
    """A round of the worker reads the clock first and may find what was done after that: its steps
    bear the moment of the last one then, not one before the signature they follow."""
    placed = life.place(world)
    life.sign(world, placed)
    be("heliu_worker")
    earlier = world.at - timedelta(seconds=30)
    talk_to_bank(at=lambda: earlier)
    with world.worker() as system:
        moments = [step.at for step in deals.steps_of(placed.deal, system)]
        deal = Deal.objects.get(pk=placed.deal.pk)
    assert loan_of(deal).status == "SELLER_PAID"
    assert moments == sorted(moments)
    assert deal.moved_at == moments[-1]
