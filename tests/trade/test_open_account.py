"""The money of orders that no bank finances: short goods, what is paid, and the credit it frees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.terms import queries as invoices
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.logistics.transport.models import Shipment
from heliu.trade import deals, open_account, place_order
from heliu.trade.models import Deal, DealStep
from heliu.trade.placed import Placed

SALES = "sales@seller.demo"
CREDIT = 3_000_000


def sent(world: World, pay_by: str, **quantities: int) -> tuple[Placed, Shipment]:
    """An order confirmed and on its way to the dealer's own house."""
    placed = life.place(world, pay_by=pay_by, **quantities)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.later(hours=1))
    return placed, life.ship(world, placed)


def receive(world: World, shipment: Shipment, *, lost: int = 0, damaged: int = 0) -> None:
    life.receive(world, shipment, lost=lost, damaged=damaged, who=world.dealer)


def stands(world: World, placed: Placed, email: str = SALES) -> open_account.OpenAccount:
    """The order as one of its sides reads it."""
    with world.desk(email) as reader:
        deal = deals.get(reader, placed.deal.id)
        return open_account.account_of(
            deals.steps_of(deal, reader), invoices.of_order(placed.order.id)
        )


def credit_left(world: World) -> int:
    with world.worker():
        return books.terms_left(
            seller=world.chain.seller, buyer=world.chain.dealers["D001"], at=world.at
        )


def in_books(world: World, placed: Placed, *codes: Code) -> dict[str, int]:
    """What stands on these codes in both books, debit positive."""
    with world.worker() as system:
        return {
            row.code: row.debit - row.credit
            for org in (placed.order.seller, placed.order.buyer)
            for row in books.trial_balance(system, org=org)
            if row.code in codes
        }


def settle(
    world: World, placed: Placed, amount: int, key: str = "k", email: str = SALES, days: int = 0
) -> None:
    with world.desk(email) as actor:
        open_account.settle(
            placed.order.id, actor=actor, amount=amount, key=key, reference="slip 7",
            value_day=day_of(world.at) + timedelta(days=days), at=world.at,
        )  # fmt: skip


def told(world: World, email: str) -> list[str]:
    with world.desk(email):
        return list(Notice.objects.filter(kind="receipt-differs").values_list("kind", flat=True))


def test_on_terms_only_what_arrived_good_is_owed(world: World) -> None:
    placed, shipment = sent(world, "TERMS", B1=10)
    assert credit_left(world) == CREDIT - 20_000
    receive(world, shipment, lost=2, damaged=1)
    assert credit_left(world) == CREDIT - 14_000
    for email in (SALES, world.dealer):
        found = stands(world, placed, email)
        assert (found.sent, found.lost, found.owed, found.owed_back) == (20_000, 6_000, 14_000, 0)
        assert len(told(world, email)) == 1
    assert in_books(world, placed, Code.RECEIVABLE, Code.PAYABLE, Code.INVENTORY_FREE) == {
        Code.RECEIVABLE: 14_000, Code.PAYABLE: -14_000, Code.INVENTORY_FREE: 14_000,
    }  # fmt: skip
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
        step = DealStep.objects.get(deal=placed.deal.id, step="RECEIPT_DIFFERS")
        assert (step.data["value"], step.data["refund"]) == (6_000, 0)
    laws.hold(world)


def test_by_transfer_the_seller_owes_the_price_back(world: World) -> None:
    placed, shipment = sent(world, "TRANSFER", M1=100)
    receive(world, shipment, lost=10, damaged=5)
    value = 15 * 900
    found = stands(world, placed, world.dealer)
    assert (found.owed, found.lost, found.owed_back) == (0, value, value)
    assert in_books(world, placed, Code.REFUND_PAYABLE, Code.REFUND_DUE, Code.INVENTORY_FREE) == {
        Code.REFUND_PAYABLE: -value, Code.REFUND_DUE: value, Code.INVENTORY_FREE: 85 * 900,
    }  # fmt: skip
    assert told(world, SALES) == told(world, world.dealer) == ["receipt-differs"]
    with world.desk(world.dealer) as dealer:
        account = books.visible_to(dealer).get(code=Code.INVENTORY_FREE)
        said = [row.label for row in books.statement(dealer, account.pk)]
        assert said == ["Short or damaged, to be paid back", "Order delivered"]
    laws.hold(world)


def test_a_payment_on_terms_frees_its_credit_at_once_whole_or_in_part(world: World) -> None:
    placed, shipment = sent(world, "TERMS", B1=10)
    receive(world, shipment, lost=1)
    settle(world, placed, 5_000, "first")
    settle(world, placed, 5_000, "first")
    assert credit_left(world) == CREDIT - 13_000
    seen = stands(world, placed, world.dealer)
    assert (seen.paid, seen.owed) == (5_000, 13_000)
    with pytest.raises(Refused, match="more-than-owed"):
        settle(world, placed, 13_001, "too much")
    settle(world, placed, 13_000, "rest", days=-3)
    assert credit_left(world) == CREDIT
    assert in_books(world, placed, Code.RECEIVABLE, Code.PAYABLE, Code.CASH, Code.BANK) == {
        Code.CASH: 18_000, Code.BANK: -18_000,
    }  # fmt: skip
    with pytest.raises(Refused, match="nothing-owed"):
        settle(world, placed, 1, "after")
    with world.worker():
        (first, rest) = DealStep.objects.filter(step="TERMS_PAID").order_by("id")
        assert (first.data["amount"], first.data["reference"]) == (5_000, "slip 7")
        assert rest.data["value_day"] == (day_of(world.at) - timedelta(days=3)).isoformat()
    laws.hold(world)


def test_what_was_paid_and_came_short_after_is_owed_back(world: World) -> None:
    placed, shipment = sent(world, "TERMS", B1=10)
    settle(world, placed, 17_000)
    receive(world, shipment, lost=3)
    seen = stands(world, placed, world.dealer)
    assert (seen.lost, seen.refund, seen.owed, seen.owed_back) == (6_000, 3_000, 0, 3_000)
    assert credit_left(world) == CREDIT
    settle(world, placed, 1_000, "a part back")
    assert stands(world, placed).owed_back == 2_000
    with pytest.raises(Refused, match="more-than-owed"):
        settle(world, placed, 2_001, "too much back")
    settle(world, placed, 2_000, "the rest back")
    assert not in_books(
        world, placed, Code.RECEIVABLE, Code.PAYABLE, Code.REFUND_DUE, Code.REFUND_PAYABLE
    )
    laws.hold(world)


def test_the_seller_writes_down_what_it_paid_back_by_transfer(world: World) -> None:
    placed, shipment = sent(world, "TRANSFER", M1=100)
    with pytest.raises(Refused, match="nothing-owed"):
        settle(world, placed, 1)
    receive(world, shipment, lost=10)
    settle(world, placed, 9_000)
    settle(world, placed, 9_000)
    seen = stands(world, placed, world.dealer)
    assert (seen.refunded, seen.owed_back) == (9_000, 0)
    assert in_books(world, placed, Code.CASH, Code.BANK, Code.REFUND_DUE) == {
        Code.CASH: 81_000, Code.BANK: -81_000,
    }  # fmt: skip
    laws.hold(world)


def test_a_refund_written_down_by_mistake_is_owed_again(world: World) -> None:
    placed, shipment = sent(world, "TRANSFER", M1=100)
    receive(world, shipment, lost=10)
    settle(world, placed, 4_000, "a part")
    settle(world, placed, 5_000, "the rest")
    with world.desk(world.dealer) as dealer, pytest.raises(Forbidden):
        open_account.unrefund(placed.order.id, actor=dealer, key="the rest", at=world.at)
    with world.desk("sales@seller.demo") as seller:
        found = open_account.refunds_by_hand(seller, placed.deal)
        assert [one.data["amount"] for one in found] == [5_000, 4_000]
        with pytest.raises(NotFound):
            open_account.unrefund(placed.order.id, actor=seller, key="none", at=world.at)
        for _ in range(2):
            open_account.unrefund(placed.order.id, actor=seller, key=found[0].key, at=world.at)
        assert len(open_account.refunds_by_hand(seller, placed.deal)) == 1
    seen = stands(world, placed, world.dealer)
    assert (seen.refunded, seen.owed_back) == (4_000, 5_000)
    laws.hold(world)
    settle(world, placed, 5_000, "now really")
    assert stands(world, placed).owed_back == 0
    assert in_books(world, placed, Code.CASH, Code.BANK, Code.REFUND_DUE) == {
        Code.CASH: 81_000, Code.BANK: -81_000,
    }  # fmt: skip
    laws.hold(world)


def test_only_the_seller_writes_payments_down_and_only_of_days_that_came(world: World) -> None:
    placed, _ = sent(world, "TERMS", B1=10)
    with pytest.raises(Invalid, match="day-to-come"):
        settle(world, placed, 1, days=1)
    with pytest.raises(Invalid, match="amount-not-positive"):
        settle(world, placed, -1)
    with pytest.raises(Forbidden):
        settle(world, placed, 1, email=world.dealer)
    with pytest.raises((NotFound, Forbidden)):
        settle(world, placed, 1, email="owner@d002.demo")
    financed = life.to_pledge(world)
    with pytest.raises(Refused, match="nothing-owed"):
        settle(world, financed, 1)
    assert stands(world, placed).paid == 0
