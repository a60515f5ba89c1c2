"""Where a deal leaves the straight path, and how it comes to its end."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank import queries as payments
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.credit import queries as credit
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.logistics.stock import queries as stock
from heliu.trade import close_of_day, deliveries, place_order, side_exits
from heliu.trade.financed_order import repaying, signing
from heliu.trade.models import Deal, DealStep
from heliu.trade.paperwork import loan_of, order_of, pledge_of
from heliu.trade.placed import Placed


def stands(world: World, placed: Placed) -> tuple[str, str, str]:
    """Outcome of the deal, status of the loan, status of the order."""
    with world.worker():
        deal = Deal.objects.get(pk=placed.deal.id)
        return deal.outcome, loan_of(deal).status, order_of(deal).status


def free_mugs(world: World) -> int:
    with world.worker():
        return stock.available(
            [world.chain.skus["M1"]], owner=world.chain.seller, warehouse=world.chain.seller
        )[world.chain.skus["M1"]]


def test_short_and_damaged_goods_are_refunded_and_the_rest_is_pledged(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed), lost=10, damaged=5)
    world.bank()
    with world.worker():
        deal = Deal.objects.get(pk=placed.deal.id)
        loan, pledge = loan_of(deal), pledge_of(deal)
        assert pledge is not None
        assert pledge.pledged_value == placed.order.total - 15 * 900
        assert loan.principal_repaid + loan.interest_paid == 15 * 900
        assert pledge.released_value <= pledge.entitlement
    laws.hold(world)
    life.repay(world, placed.deal.id, 100)
    world.bank()
    while stands(world, placed)[0] == "OPEN" and life.pick_up(world).go:
        pass
    laws.hold(world)


def test_every_part_repayment_frees_its_share_and_no_more(world: World) -> None:
    placed = life.to_pledge(world)
    for n, percent in enumerate((10, 25, 25)):
        life.repay(world, placed.deal.id, percent, key=str(n))
        world.bank()
        with world.worker():
            deal = Deal.objects.get(pk=placed.deal.id)
            loan, pledge = loan_of(deal), pledge_of(deal)
            assert pledge is not None
            assert (
                pledge.released_value * loan.principal
                <= pledge.pledged_value * loan.principal_repaid
            )
            assert (
                pledge.pledged_value * loan.principal_repaid // loan.principal
                - (pledge.released_value)
                < 2000
            )
        laws.hold(world)


@pytest.mark.parametrize("when", ["quoted", "seller paid"])
def test_cancelling_leaves_nobody_with_what_is_not_theirs(world: World, when: str) -> None:
    placed = life.place(world)
    if when == "seller paid":
        life.sign(world, placed)
        world.bank()
    assert free_mugs(world) == 10_000 - 200
    with world.desk(world.dealer) as dealer:
        side_exits.cancel(placed.order.id, actor=dealer, reason="changed my mind", at=world.at)
    world.bank()
    assert stands(world, placed) == ("CANCELLED", "CANCELLED", "CANCELLED")
    assert free_mugs(world) == 10_000
    with world.worker():
        facility = credit.facility_of(world.chain.dealers["D001"])
        assert facility is not None
        line = credit.line_of(facility, at=world.at)
        assert (line.used, line.held) == (0, 0)
    laws.hold(world)


def test_shipped_goods_cannot_be_cancelled(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    life.ship(world, placed)
    with world.desk(world.dealer) as dealer, pytest.raises(Refused) as refused:
        side_exits.cancel(placed.order.id, actor=dealer, reason="late", at=world.at)
    assert refused.value.code == "already-shipped"


def test_an_unsigned_quote_lets_limit_and_goods_go(world: World) -> None:
    placed = life.place(world)
    world.later(minutes=31)
    assert placed.loan is not None
    with world.desk(world.dealer) as dealer, pytest.raises(Refused) as refused:
        signing.sign(
            placed.deal.id,
            actor=dealer,
            agreement_digest=placed.loan.agreement_digest,
            consent=True,
            at=world.at,
        )
    assert refused.value.code == "quote-expired"
    life.settle(world, hours=1)
    assert stands(world, placed) == ("CANCELLED", "EXPIRED", "CANCELLED")
    assert free_mugs(world) == 10_000
    laws.hold(world)


@pytest.mark.parametrize("approve", [True, False])
def test_a_large_order_is_decided_by_a_person(world: World, approve: bool) -> None:
    placed = life.place(world, M2=6_000)
    assert placed.loan is not None
    assert placed.loan.status == "REFERRED"
    with world.desk(world.dealer) as dealer, pytest.raises(Refused):
        side_exits.decide(placed.deal.id, actor=dealer, approve=True, reason="please", at=world.at)
    with world.desk("credit@bank.demo") as officer:
        side_exits.decide(
            placed.deal.id,
            actor=officer,
            approve=approve,
            reason="season stock, known dealer",
            deposit_ratio=Decimal("0.40") if approve else None,
            at=world.later(hours=1),
        )
    outcome, loan, order = stands(world, placed)
    if approve:
        assert (outcome, loan, order) == ("OPEN", "QUOTED", "PLACED")
    else:
        assert (outcome, loan, order) == ("CANCELLED", "DECLINED", "CANCELLED")
        assert free_mugs(world) == 10_000
    laws.hold(world)


def test_what_is_not_repaid_in_time_is_overdue_and_cured_by_payment(world: World) -> None:
    placed = life.to_pledge(world)
    assert placed.loan is not None
    world.later(days=placed.loan.days + 5)
    be("heliu_worker")
    close_of_day.close_of_day(at=world.at)
    assert stands(world, placed)[1] == "OVERDUE"
    close_of_day.close_of_day(at=world.at)
    laws.hold(world)
    life.repay(world, placed.deal.id, 100)
    world.bank()
    assert stands(world, placed)[1] == "REPAID"
    laws.hold(world)


def test_a_doubled_step_does_nothing(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed))
    life.repay(world, placed.deal.id, 30, key="once")
    life.repay(world, placed.deal.id, 30, key="once")
    world.bank()
    with world.worker():
        assert loan_of(Deal.objects.get(pk=placed.deal.id)).repayments.count() == 1
        done = DealStep.objects.filter(deal=placed.deal.id).values_list("step", "key")
        assert len(done) == len(set(done))
    laws.hold(world)


def test_what_was_paid_too_much_comes_back_before_the_deal_closes(world: World) -> None:
    placed = life.to_pledge(world)
    with world.worker():
        sandbox.script(fault="reject", purpose="UNAPPLIED_BACK", deal=placed.deal.id)
    life.overpay(world, placed)
    life.overpay(world, placed, key="and once more")
    world.bank()
    with world.worker() as system:
        loan = loan_of(Deal.objects.get(pk=placed.deal.id))
        backs = {one.status: one for one in payments.grid(system, purpose=["UNAPPLIED_BACK"])}
        assert loan.status == "REPAID"
        assert set(backs) == {"BOOKED", "REJECTED"}
        assert loan.unapplied == backs["REJECTED"].amount
        assert {one.payee for one in backs.values()} == {loan.borrower}
    with world.desk(world.dealer):
        told = Notice.objects.filter(kind="refund-asked").values_list("params__amount__minor")
        assert {minor for (minor,) in told} == {one.amount for one in backs.values()}
    while life.pick_up(world).go:
        pass
    assert stands(world, placed) == ("OPEN", "REPAID", "RECEIVED")
    laws.hold(world)
    with world.desk("credit@bank.demo") as officer:
        side_exits.pay_again(backs["REJECTED"].pk, actor=officer, at=world.at)
    world.bank()
    assert stands(world, placed) == ("CLOSED", "CLOSED", "COMPLETED")
    with world.worker() as system:
        paid = sum(loan.repayments.values_list("unapplied", flat=True))
        booked = payments.grid(system, purpose=["UNAPPLIED_BACK"], status=["BOOKED"])
        assert sum(one.amount for one in booked) == paid > 0
        steps = DealStep.objects.filter(deal=placed.deal.id, step="UNAPPLIED_RETURNED")
        assert steps.count() == len(booked) == 2
    laws.hold(world)


def test_a_deal_waits_for_the_refund_of_what_came_short(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    with world.worker():
        sandbox.script(fault="reject", purpose="REFUND", deal=placed.deal.id)
    life.receive(world, life.ship(world, placed), lost=10)
    world.bank()
    life.repay(world, placed.deal.id, 100)
    world.bank()
    while life.pick_up(world).go:
        pass
    assert stands(world, placed) == ("OPEN", "REPAID", "RECEIVED")
    with world.worker() as system:
        (refused,) = payments.grid(system, purpose=["REFUND"])
        side_exits.pay_again(refused.pk, actor=system, at=world.at)
    world.bank()
    assert stands(world, placed) == ("CLOSED", "CLOSED", "COMPLETED")
    laws.hold(world)


def test_orders_by_transfer_and_on_terms(world: World) -> None:
    by_transfer = life.place(world, pay_by="TRANSFER", M1=10)
    on_terms = life.place(world, pay_by="TERMS", B1=3)
    for placed in (by_transfer, on_terms):
        with world.desk("sales@seller.demo") as seller:
            place_order.confirm(placed.order.id, actor=seller, at=world.later(hours=1))
        shipment = life.ship(world, placed)
        with world.desk(world.dealer) as dealer:
            lines = list(shipment.lines.all())
            deliveries.goods_received(
                shipment.id,
                actor=dealer,
                counts=[deliveries.Count(line.id, line.quantity) for line in lines],
                at=world.later(days=1),
            )
        with world.worker():
            assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
    with world.worker():
        left = books.terms_left(
            seller=world.chain.seller, buyer=world.chain.dealers["D001"], at=world.at
        )
        assert left == 3_000_000 - 3 * 2000
    laws.hold(world)


def test_the_signature_needs_consent_and_the_text_that_was_shown(world: World) -> None:
    placed = life.place(world)
    assert placed.loan is not None
    for digest, consent, refusal in (
        (placed.loan.agreement_digest, False, Invalid),
        ("0" * 64, True, Refused),
    ):
        with world.desk(world.dealer) as dealer, pytest.raises(refusal):
            signing.sign(
                placed.deal.id, actor=dealer, agreement_digest=digest, consent=consent, at=world.at
            )


def test_strangers_do_not_find_the_deal(world: World) -> None:
    placed = life.place(world)
    with world.desk("owner@d002.demo") as stranger:
        for act in (
            lambda: repaying.repay(placed.deal.id, actor=stranger, key="x", amount=1, at=world.at),
            lambda: side_exits.cancel(placed.order.id, actor=stranger, reason="x", at=world.at),
        ):
            with pytest.raises(NotFound):
                act()
        with pytest.raises((NotFound, Forbidden)):
            deliveries.ship(placed.order.id, actor=stranger, carrier="", at=world.at)


def test_goods_that_others_took_are_refused_with_nothing_held(world: World) -> None:
    life.place(world, M1=9_950)
    with world.desk("owner@d002.demo") as dealer, pytest.raises(Refused) as refused:
        place_order.place(
            actor=dealer,
            seller=world.chain.seller,
            lines=world.lines(M1=100),
            pay_by="TRANSFER",
            at=world.at + timedelta(minutes=1),
        )
    assert refused.value.code == "short"
    laws.hold(world)


def test_a_confirmed_transfer_order_that_is_called_off_is_paid_back(world: World) -> None:
    with world.desk(world.dealer) as dealer:
        placed = place_order.place(
            actor=dealer, seller=world.chain.seller, lines=world.lines(M1=10), pay_by="TRANSFER",
            at=world.at,
        )  # fmt: skip
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    with world.desk(world.dealer) as dealer:
        side_exits.cancel(placed.order.id, actor=dealer, reason="changed my mind", at=world.at)
    with world.worker() as system:
        for org in (world.chain.seller, placed.order.buyer):
            stands = {row.code: row for row in books.trial_balance(system, org=org)}
            assert Code.PREPAYMENT not in stands
            assert Code.CONTRACT_LIABILITY not in stands
