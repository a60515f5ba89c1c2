"""Deals in every state to look at; each story says what is to be seen in the end.

The dealers are those whom the rules answer this way by a wide margin, whatever the day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from heliu.capital.bank.models import Purpose
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.credit.policies import Modes
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.registry.sandbox import operations as register
from heliu.commerce.ordering.models import OrderLine, PayBy
from heliu.demo import stocked
from heliu.demo.pictures import box
from heliu.demo.stage import Stage, Story
from heliu.kernel.clock import day_of
from heliu.trade import changing, place_order, side_exits
from heliu.trade.change_terms import Wanted
from heliu.trade.close_of_day import close_of_day
from heliu.trade.financed_order import setting_off

FIRST_DAY = 62  # days ago: the chain opens
CLOSES = (30, 13, 7, 3, 1, 0)  # days ago
UNSIGNED = "D001"
# The bank whose answers get lost is asked again every few seconds, for as long as the demo runs.
FOR_EVER = 10**9


ON_MARGIN = Modes("LOAN", "CASH_MARGIN", "PROPORTIONAL", "BUY_BACK", Decimal("0.8"))
BY_BILL = Modes("ACCEPTANCE_BILL", "CASH_MARGIN", "DEPOSIT_FIRST", "RESALE_HELP", Decimal(1))


def stories(stage: Stage) -> list[Story[object]]:
    """All of them: the closes of day first, then the deals, the oldest first."""
    return [days_close(stage), *(story(stage) for story in (*DEALS, *stocked.STORIES))]


def days_close(stage: Stage) -> Story[None]:
    """Interest, due dates and arrears at the beginning of some days: each close catches up."""
    for ago in CLOSES:
        at = min(stage.ago(ago, 0, 5), stage.now)
        yield at
        close_of_day(at=at)


def repaid_in_parts_and_closed(stage: Stage) -> Story[None]:
    """Closed: repaid in two parts, both fetched; a clean cycle for the credit file."""
    placed = yield from stage.to_pledge("D001", 20_000, 58)
    yield from stage.repay("D001", placed, 40, 45)
    yield from stage.pick_up("D001", 44)
    yield from stage.repay("D001", placed, 100, 33)
    yield from stage.pick_up("D001", 32)


def repaid_at_once_and_closed(stage: Stage) -> Story[None]:
    """Closed: repaid in one sum."""
    placed = yield from stage.to_pledge("D005", 30_000, 50, days=60)
    yield from stage.repay("D005", placed, 100, 15)
    yield from stage.pick_up("D005", 14)


def overdue(stage: Stage) -> Story[None]:
    """Overdue: a third was repaid and fetched, the rest is late and bears penalty."""
    placed = yield from stage.to_pledge("D004", 14_000, 41, days=30)
    yield from stage.repay("D004", placed, 30, 20)
    yield from stage.pick_up("D004", 19)


def repaid_late_and_closed(stage: Stage) -> Story[None]:
    """Closed: repaid after the days of grace, with the penalty."""
    placed = yield from stage.to_pledge("D013", 9_000, 48, days=30)
    yield from stage.repay("D013", placed, 100, 8)
    yield from stage.pick_up("D013", 7)


def due_soon(stage: Stage) -> Story[None]:
    """Running: all goods pledged, the loan falls due in two days."""
    yield from stage.to_pledge("D009", 15_000, 28, days=30)


def two_releases(stage: Stage) -> Story[None]:
    """Partly released: the first goods are fetched, the next wait under a code."""
    placed = yield from stage.to_pledge("D009", 48_000, 30, days=60)
    yield from stage.repay("D009", placed, 25, 16)
    yield from stage.pick_up("D009", 15)
    yield from stage.repay("D009", placed, 25, 1)


def repaid_waiting_at_the_gate(stage: Stage) -> Story[None]:
    """Repaid: everything is free and waits under a code."""
    placed = yield from stage.to_pledge("D007", 14_000, 25, days=60)
    yield from stage.repay("D007", placed, 100, 1)


def part_released(stage: Stage) -> Story[None]:
    """Partly released: four tenths are free and wait under a code."""
    placed = yield from stage.to_pledge("D001", 16_000, 18, days=60)
    yield from stage.repay("D001", placed, 40, 1)


def short_receipt(stage: Stage) -> Story[None]:
    """Pledged less than was sent: some were missing, some damaged, and the seller refunded them.

    The keeper took two photos; they are drawings that say so.
    """
    shots = [box(dent=(48, 62)), box(dent=(112, 80))]
    yield from stage.to_pledge("D008", 12_000, 16, lost=6, damaged=4, days=60, shots=shots)


def pledged(stage: Stage) -> Story[None]:
    """Pledged: a large order, nothing repaid yet."""
    yield from stage.to_pledge("D007", 58_000, 12, days=90)


def on_margin(stage: Stage) -> Story[None]:
    """Partly released: the deposit is kept as margin, and a half of the whole order is repaid."""
    placed = yield from stage.order_in_mode("D001", 12_000, 24, ON_MARGIN, days=60)
    yield from stage.stored(placed, 24)
    yield from stage.repay("D001", placed, 50, 10)


def settled_from_the_margin(stage: Stage) -> Story[None]:
    """Closed: most was repaid, and the margin has paid the rest."""
    placed = yield from stage.order_in_mode("D005", 9_000, 40, ON_MARGIN, days=60)
    yield from stage.stored(placed, 40)
    yield from stage.repay("D005", placed, 95, 22)
    yield from stage.pick_up("D005", 21)
    at = stage.ago(20, 12, 0)
    yield at
    setting_off.set_off_margin(placed.deal.id, actor=stage.people.dealer("D005"), at=at)
    stage.bank(at)
    yield from stage.pick_up("D005", 19)


def bill_paid_in_part(stage: Stage) -> Story[None]:
    """Partly released: a bill runs, and goods for the deposit and for what was paid in are free."""
    placed = yield from stage.order_in_mode("D007", 16_000, 19, BY_BILL, days=60)
    yield from stage.stored(placed, 19)
    yield from stage.repay("D007", placed, 40, 6)


def bill_accepted(stage: Stage) -> Story[None]:
    """Confirmed: the seller holds a bill and is to send the goods."""
    yield from stage.order_in_mode("D009", 8_000, 1, BY_BILL, days=90)


def approved_by_a_person(stage: Stage) -> Story[None]:
    """Pledged: larger than its limit, so the rules left it open; the risk officer said yes."""
    at = stage.ago(20, 16, 5)
    yield at
    placed = stage.order("D015", 30_000, at, days=60)
    at = stage.ago(19, 9, 10)
    yield at
    side_exits.decide(
        placed.deal.id, actor=stage.people.bank, approve=True, reason="多年往来，货物好卖", at=at
    )
    at += timedelta(hours=2)
    yield at
    stage.sign("D015", placed, at)
    at = stage.ago(18, 9, 0)
    yield at
    shipment = stage.ship(placed, at)
    stage.carry(shipment, at, "PICKED_UP", "OUT")
    at = stage.ago(16, 11, 45)
    yield at
    stage.hand_over(shipment, at - timedelta(minutes=30))
    stage.receive(shipment, at)


def declined_by_a_person(stage: Stage) -> Story[None]:
    """Declined: larger than its limit, and the risk officer said no; the goods are free again."""
    at = stage.ago(6, 15, 30)
    yield at
    placed = stage.order("D008", 50_000, at)
    at = stage.ago(5, 10, 40)
    yield at
    side_exits.decide(
        placed.deal.id,
        actor=stage.people.bank,
        approve=False,
        reason="近期采购下滑",
        at=at,
    )


def called_off_after_the_money(stage: Stage) -> Story[None]:
    """Cancelled: the seller had its money and no goods; everybody has their own back."""
    placed = yield from stage.to_money("D005", 8_000, 9)
    at = stage.ago(8, 13, 15)
    yield at
    side_exits.cancel(placed.order.id, actor=stage.people.seller, reason="断货", at=at)
    stage.bank(at)


def deposit_refused(stage: Stage) -> Story[None]:
    """Cancelled: the bank would not take the deposit, for there were no funds."""
    at = stage.ago(7, 11, 20)
    yield at
    placed = stage.order("D021", 10_000, at)
    sandbox.script(fault="reject", purpose=Purpose.DEPOSIT, deal=placed.deal.id)
    yield at + timedelta(minutes=2)
    stage.sign("D021", placed, at + timedelta(minutes=2))


def quote_ran_out(stage: Stage) -> Story[None]:
    """Expired: nobody signed within half an hour."""
    at = stage.ago(4, 17, 45)
    yield at
    stage.order("D003", 6_000, at)


def at_the_gate(stage: Stage) -> Story[None]:
    """Arrived: the carrier handed the goods over at the gate; the keeper will count them."""
    _, shipment = yield from stage.to_transit("D005", 7_000, 3)
    at = stage.ago(1, 16, 25)
    yield at
    stage.hand_over(shipment, at)


def in_transit(stage: Stage) -> Story[None]:
    """Shipped: on the road to the supervised warehouse."""
    yield from stage.to_transit("D003", 9_000, 2)


def seller_paid(stage: Stage) -> Story[None]:
    """Confirmed: the seller has its money and is to send the goods."""
    yield from stage.to_money("D005", 22_000, 1)


def too_large_for_the_rules(stage: Stage) -> Story[None]:
    """Waits for a person at the bank: more than the rules may grant by themselves."""
    at = stage.ago(1, 9, 50)
    yield at
    stage.order("D007", 98_000, at)


def weak_and_waiting(stage: Stage) -> Story[None]:
    """Waits for a person at the bank: a slow payer."""
    at = stage.now - timedelta(hours=3)
    yield at
    stage.order("D002", 6_000, at)


def answer_lost(stage: Stage) -> Story[None]:
    """Being paid out: the bank's answer was lost, and nobody knows yet what became of it."""
    at = stage.now - timedelta(minutes=50)
    yield at
    placed = stage.order("D009", 10_000, at)
    sandbox.script(
        fault="lost_unbooked", purpose=Purpose.DISBURSEMENT, deal=placed.deal.id, times=FOR_EVER
    )
    yield at + timedelta(minutes=2)
    stage.sign("D009", placed, at + timedelta(minutes=2))


def claimed_by_another(stage: Stage) -> Story[None]:
    """The deposit waits: the register says that the same goods were given to another bank."""
    at = stage.now - timedelta(hours=4)
    yield at
    placed = stage.order("D003", 7_000, at)
    register.enter(
        debtor=placed.order.buyer,
        secured="江海商业银行",
        amount=placed.order.total,
        content=f"{placed.order.number} 项下全部货物",
        lot=placed.order.number,
        at=at,
    )
    yield at + timedelta(minutes=2)
    stage.sign("D003", placed, at + timedelta(minutes=2))


def unsigned(stage: Stage) -> Story[None]:
    """Quoted: the limit is held for half an hour, the dealer is to sign."""
    at = stage.now - timedelta(minutes=1)
    yield at
    stage.order(UNSIGNED, 5_000, at)


def part_shipped(stage: Stage) -> Story[None]:
    """By transfer: paid, and the first half is on the road, where something went wrong."""
    at = stage.ago(3, 10, 30)
    yield at
    placed = stage.order("D012", 3_000, at, pay_by=PayBy.TRANSFER)
    at = stage.ago(2, 9, 20)
    yield at
    place_order.confirm(placed.order.id, actor=stage.people.seller, at=at)
    at += timedelta(hours=5)
    yield at
    lines = OrderLine.objects.filter(order=placed.order.id)
    half = {line.pk: line.quantity // 2 for line in lines if line.quantity > 1}
    shipment = stage.ship(placed, at, half)
    stage.carry(shipment, at, "PICKED_UP", "AT_HUB")
    at += timedelta(hours=3)
    yield at
    stage.went_wrong(shipment, at, "DAMAGED", "一箱外包装受潮，已拍照")


def confirmed(stage: Stage) -> Story[None]:
    """By transfer: paid, to be sent; the dealer wants less of one line and a later day, and the
    seller has not answered."""
    at = stage.ago(1, 11, 40)
    yield at
    placed = stage.order("D004", 5_000, at, pay_by=PayBy.TRANSFER)
    at += timedelta(hours=3)
    yield at
    place_order.confirm(placed.order.id, actor=stage.people.seller, at=at)
    at += timedelta(hours=2)
    yield at
    line = max(OrderLine.objects.filter(order=placed.order.id), key=lambda one: one.quantity)
    changing.change(
        placed.order.id,
        Wanted({line.sku_id: line.quantity * 3 // 4}, wanted_on=day_of(at) + timedelta(days=12)),
        actor=stage.people.dealer("D004"),
        reason="货架改期，先少要一些",
        at=at,
    )


def placed_by_transfer(stage: Stage) -> Story[None]:
    """By transfer: the money is awaited."""
    at = stage.now - timedelta(hours=2)
    yield at
    stage.order("D006", 4_000, at, pay_by=PayBy.TRANSFER)


def on_terms(stage: Stage) -> Story[None]:
    """On terms: sent, so that the seller's claim stands against the trade credit."""
    at = stage.ago(5, 14, 10)
    yield at
    placed = stage.order("D003", 6_000, at, pay_by=PayBy.TERMS)
    at += timedelta(hours=2)
    yield at
    place_order.confirm(placed.order.id, actor=stage.people.seller, at=at)
    at = stage.ago(4, 9, 15)
    yield at
    stage.ship(placed, at)


def fresh_quote(stage: Stage) -> None:
    """See that there is a quote somebody can sign now: that of an earlier start has run out."""
    standing = Loan.objects.filter(status=LoanStatus.QUOTED, expires_at__gt=stage.now)
    if not standing.exists():
        with transaction.atomic():
            stage.order(UNSIGNED, 5_000, stage.now)


DEALS: tuple[Callable[[Stage], Story[None]], ...] = (
    repaid_in_parts_and_closed,
    repaid_at_once_and_closed,
    repaid_late_and_closed,
    overdue,
    two_releases,
    due_soon,
    repaid_waiting_at_the_gate,
    on_margin,
    settled_from_the_margin,
    bill_paid_in_part,
    bill_accepted,
    approved_by_a_person,
    part_released,
    short_receipt,
    pledged,
    called_off_after_the_money,
    deposit_refused,
    declined_by_a_person,
    on_terms,
    quote_ran_out,
    at_the_gate,
    part_shipped,
    in_transit,
    seller_paid,
    too_large_for_the_rules,
    confirmed,
    weak_and_waiting,
    placed_by_transfer,
    answer_lost,
    claimed_by_another,
    unsigned,
)
