"""Goods of a dealer in default sold to others, and money that comes after writing off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_enforcement import (
    ASKER,
    agree,
    ask,
    balance,
    enforced,
    give_notice,
    overdue,
    pass_days,
    say,
    stands,
)

from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books.chart import Code
from heliu.capital.credit.models import SellerDuty
from heliu.capital.lending.models import Loan
from heliu.capital.lending.policies.allocating import SaleCosts
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.trade import deliveries, liquidation, sales, side_exits
from heliu.trade.financed_order import repaying
from heliu.trade.liquidation import Terms
from heliu.trade.models import Deal, Sale
from heliu.trade.paperwork import loan_of
from heliu.trade.placed import Placed

OUTSIDE = "Second-hand Traders"
WHOLE = 3_800_00  # of 200 mugs at 9.00 and 100 bags at 20.00; about 3,060 are owed in default


def free_to_sell(world: World, duty: SellerDuty = SellerDuty.NONE) -> Placed:
    """An enforced deal whose seller owes nothing for the goods."""
    agree(world, duty)
    return enforced(world)


def ask_to_sell(world: World, placed: Placed, price: int, **terms: Any) -> Any:
    """Somebody at the bank asks to sell; to somebody outside when nobody is named."""
    named = {} if "buyer" in terms else {"buyer_name": OUTSIDE}
    with world.desk(ASKER) as officer:
        return liquidation.ask_to_sell(
            placed.deal.id,
            Terms(price=price, **named, **terms),
            actor=officer,
            reason="best of three offers",
            at=world.at,
        ).pk


def sold(world: World, placed: Placed, price: int, **terms: Any) -> Sale:
    """A sale that was agreed to."""
    say(world, ask_to_sell(world, placed, price, **terms))
    return newest(world)


def newest(world: World) -> Sale:
    with world.worker():
        return Sale.objects.latest("asked_at")


def receive(world: World, sale: Sale, reference: str = "TT 4711") -> None:
    """The money of a buyer from outside came."""
    with world.desk(ASKER) as officer:
        liquidation.note_receipt(
            sale.pk, actor=officer, reference=reference, value_day=day_of(world.at), at=world.at
        )


def loan(world: World, placed: Placed) -> Loan:
    with world.worker():
        return loan_of(Deal.objects.get(pk=placed.deal.id))


def told(world: World, who: str, kind: str) -> dict[str, Any]:
    """The newest notice of a kind at somebody's desk."""
    with world.desk(who):
        return dict(Notice.objects.filter(kind=kind).latest("at", "id").params)


def fetch(world: World, who: str) -> bool:
    """The code somebody was told opens the gate."""
    code = told(world, who, "goods-released")["code"]
    with world.desk("gate@warehouse.demo") as keeper:
        return deliveries.pick_up(actor=keeper, code=code, at=world.later(hours=1)).go


def test_a_sale_that_brings_more_than_is_owed_sends_the_surplus_home(world: World) -> None:
    placed = free_to_sell(world)
    dealer, bank = world.chain.dealers["D001"], world.chain.bank
    sale = sold(world, placed, WHOLE, costs=SaleCosts(50_00, 30_00))
    assert stands(world, placed) == ("OPEN", "ENFORCING", "ACTIVE")
    laws.hold(world)
    receive(world, sale)
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    with world.worker():
        paid = sales.paid(sale)
        assert paid is not None
        surplus = paid.unapplied
        assert paid.amount == WHOLE
        assert paid.costs == 80_00
        assert paid.principal == loan_of(Deal.objects.get(pk=placed.deal.id)).principal
        assert surplus > 0
    laws.hold(world)
    world.bank()
    assert balance(world, bank, Code.SALE_COSTS) == -80_00
    assert balance(world, dealer, Code.SALE_EXPENSE) == 80_00
    assert balance(world, dealer, Code.INVENTORY_PLEDGED) == 0
    assert balance(world, dealer, Code.UNAPPLIED) == 0
    assert fetch(world, ASKER)  # the bank gives the code to the buyer's people
    assert stands(world, placed) == ("CLOSED", "CLOSED", "CLOSED")
    laws.hold(world)


def test_what_a_sale_does_not_bring_stays_owed_and_may_be_written_off(world: World) -> None:
    placed = free_to_sell(world)
    dealer, bank = world.chain.dealers["D001"], world.chain.bank
    sale = sold(world, placed, 2_000_00, below_reserve=True, costs=SaleCosts(sale=100_00))
    assert sale.is_below_reserve
    before = loan(world, placed)
    receive(world, sale)
    assert stands(world, placed) == ("OPEN", "ENFORCING", "RELEASED")
    after = loan(world, placed)
    paid = 1_900_00 - after.penalty_paid - after.interest_paid
    assert before.principal_left - after.principal_left == paid
    assert balance(world, dealer, Code.GOODS_LOSS) == WHOLE - 2_000_00
    laws.hold(world)
    say(world, ask(world, placed, "ask_to_write_off"))
    assert stands(world, placed) == ("DEFAULTED", "WRITTEN_OFF", "RELEASED")
    assert balance(world, bank, Code.CREDIT_LOSS) == after.principal_left + after.interest_left
    assert fetch(world, ASKER)
    laws.hold(world)


def test_goods_are_sold_in_parts_and_what_is_left_when_all_is_paid_is_the_dealers(
    world: World,
) -> None:
    placed = free_to_sell(world)
    bags, mugs = world.chain.skus["B1"], world.chain.skus["M1"]
    receive(world, sold(world, placed, 2_100_00, goods={bags: 100}))
    assert stands(world, placed) == ("OPEN", "ENFORCING", "PARTLY_RELEASED")
    assert balance(world, world.chain.dealers["D001"], Code.GOODS_GAIN) == -100_00
    with pytest.raises(Refused) as refused:
        ask_to_sell(world, placed, 100_00, goods={bags: 1})
    assert refused.value.code == "not-so-much-bound"
    with pytest.raises(Refused) as refused:
        ask(world, placed, "ask_to_write_off")
    assert refused.value.code == "goods-still-bound"
    assert fetch(world, ASKER)
    receive(world, sold(world, placed, 1_700_00, goods={mugs: 180}), "TT 4712")
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    world.bank()
    assert life.pick_up(world).go  # the last 20 mugs
    assert fetch(world, ASKER)
    assert stands(world, placed) == ("CLOSED", "CLOSED", "CLOSED")
    laws.hold(world)


def test_a_buyer_of_the_platform_pays_through_its_bank_and_fetches_them(world: World) -> None:
    placed = free_to_sell(world)
    other = world.chain.dealers["D002"]
    sale = sold(world, placed, WHOLE, buyer=other)
    assert told(world, "owner@d002.demo", "sale-to-pay")["sale"] == sale.number
    with world.desk(ASKER) as officer, pytest.raises(Refused) as refused:
        liquidation.note_receipt(
            sale.pk, actor=officer, reference="x", value_day=day_of(world.at), at=world.at
        )
    assert refused.value.code == "pays-through-bank"
    with world.worker():
        sandbox.script(fault="reject", purpose="SALE", deal=placed.deal.id)
    pay(world, sale)
    world.bank()
    assert stands(world, placed) == ("OPEN", "ENFORCING", "ACTIVE")
    pay(world, sale)
    pay(world, sale)  # said again
    with world.worker():
        assert PaymentInstruction.objects.filter(purpose="SALE").count() == 2
    world.bank()
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    assert balance(world, other, Code.INVENTORY_FREE) >= WHOLE
    assert fetch(world, "owner@d002.demo")
    assert stands(world, placed)[0] == "CLOSED"
    laws.hold(world)


def pay(world: World, sale: Sale) -> None:
    with world.desk("owner@d002.demo") as buyer:
        liquidation.pay_for(sale.pk, actor=buyer, at=world.at)


def test_the_seller_may_buy_them_itself(world: World) -> None:
    placed = free_to_sell(world, SellerDuty.RESALE_HELP)
    assert told(world, "sales@seller.demo", "resale-asked")
    sale = sold(world, placed, WHOLE, buyer=world.chain.seller)
    with world.desk("sales@seller.demo") as seller:
        liquidation.pay_for(sale.pk, actor=seller, at=world.at)
    world.bank()
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    assert fetch(world, "sales@seller.demo")
    assert stands(world, placed)[0] == "CLOSED"
    laws.hold(world)


def test_a_seller_that_does_not_pay_buys_nothing_back_once_goods_are_sold(world: World) -> None:
    placed = overdue(world)
    with world.worker():
        sandbox.script(fault="reject", purpose="REFUND", deal=placed.deal.id)
    give_notice(world, placed)
    pass_days(world, 4)
    say(world, ask(world, placed))
    with pytest.raises(Refused) as refused:
        ask_to_sell(world, placed, WHOLE)
    assert refused.value.code == "bank-is-paying"
    world.bank()
    sale = sold(world, placed, WHOLE)
    with world.worker():
        refund = PaymentInstruction.objects.get(purpose="REFUND", deal=placed.deal.id)
    with world.desk(ASKER) as officer, pytest.raises(Refused) as late:
        side_exits.pay_again(refund.pk, actor=officer, at=world.at)
    assert late.value.code == "sold-meanwhile"
    receive(world, sale)
    world.bank()
    assert stands(world, placed)[1] == "REPAID"
    laws.hold(world)


class TestWhatIsNotSold:
    def test_below_the_reserve_only_when_it_is_meant(self, world: World) -> None:
        placed = free_to_sell(world)
        with pytest.raises(Refused) as refused:
            ask_to_sell(world, placed, WHOLE * 8 // 10 - 1)
        assert refused.value.code == "below-reserve"
        ask_to_sell(world, placed, WHOLE * 8 // 10)

    def test_no_more_than_is_bound_and_for_no_less_than_it_costs(self, world: World) -> None:
        placed = free_to_sell(world)
        bags = world.chain.skus["B1"]
        for goods in ({bags: 101}, {bags: 0}, {bags: -1}, {}):
            with pytest.raises(Refused) as refused:
                ask_to_sell(world, placed, WHOLE, goods=goods)
            assert refused.value.code == "not-so-much-bound"
        for price, costs in ((0, SaleCosts()), (-1, SaleCosts()), (10, SaleCosts(11)),
                             (10, SaleCosts(-1, 2))):  # fmt: skip
            with pytest.raises(Invalid):
                ask_to_sell(world, placed, price, costs=costs, below_reserve=True)

    def test_not_to_the_dealer_and_not_to_nobody(self, world: World) -> None:
        placed = free_to_sell(world)
        for terms in ({"buyer": placed.deal.buyer}, {"buyer": placed.deal.id}):
            with pytest.raises(Invalid):
                ask_to_sell(world, placed, WHOLE, **terms)

    def test_only_enforced_and_by_the_lender_and_two(self, world: World) -> None:
        agree(world, SellerDuty.NONE)
        placed = overdue(world)
        with pytest.raises(Refused) as refused:
            ask_to_sell(world, placed, WHOLE)
        assert refused.value.code == "not-enforced"
        for stranger in (world.dealer, "sales@seller.demo"):
            with world.desk(stranger) as actor, pytest.raises(Forbidden):
                liquidation.ask_to_sell(
                    placed.deal.id,
                    Terms(WHOLE, buyer_name=OUTSIDE),
                    actor=actor,
                    reason="x",
                    at=world.at,
                )

    def test_a_no_leaves_everything_as_it_was(self, world: World) -> None:
        placed = free_to_sell(world)
        say(world, ask_to_sell(world, placed, WHOLE), agrees=False)
        assert stands(world, placed) == ("OPEN", "ENFORCING", "ACTIVE")
        with world.desk(world.dealer) as dealer:
            assert not sales.visible_to(dealer).exists()
        sold(world, placed, WHOLE)
        laws.hold(world)


def test_sold_goods_are_redeemed_no_more_until_the_sale_is_called_off(world: World) -> None:
    placed = free_to_sell(world)
    sale = sold(world, placed, WHOLE)
    with world.desk(world.dealer) as dealer:
        with pytest.raises(Refused) as refused:
            repaying.repay(placed.deal.id, actor=dealer, key="x", at=world.at)
        assert refused.value.code == "goods-being-sold"
        with pytest.raises(Forbidden):
            liquidation.call_off(sale.pk, actor=dealer, reason="mine", at=world.at)
    with pytest.raises(Refused):
        ask_to_sell(world, placed, WHOLE)
    with world.desk(ASKER) as officer:
        liquidation.call_off(sale.pk, actor=officer, reason="does not pay", at=world.at)
        with pytest.raises(Refused) as over:
            liquidation.note_receipt(
                sale.pk, actor=officer, reference="x", value_day=day_of(world.at), at=world.at
            )
        assert over.value.code == "sale-over"
    life.repay(world, placed.deal.id, 100)
    world.bank()
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    assert life.pick_up(world).go
    laws.hold(world)


def test_money_is_written_down_once_with_its_reference_and_no_day_to_come(world: World) -> None:
    placed = free_to_sell(world)
    sale = sold(world, placed, WHOLE)
    with pytest.raises(Invalid):
        receive(world, sale, " ")
    tomorrow = day_of(world.at) + timedelta(days=1)
    with world.desk(ASKER) as officer, pytest.raises(Invalid):
        liquidation.note_receipt(
            sale.pk, actor=officer, reference="x", value_day=tomorrow, at=world.at
        )
    receive(world, sale)
    receive(world, sale, "another")
    with world.worker():
        assert Sale.objects.get(pk=sale.pk).reference == "TT 4711"
        assert Loan.objects.get(deal=placed.deal.id).repayments.count() == 1
    laws.hold(world)


def test_a_sale_is_seen_by_lender_dealer_and_buyer_only(world: World) -> None:
    placed = free_to_sell(world)
    sale = sold(world, placed, WHOLE)
    for who in (ASKER, world.dealer):
        with world.desk(who) as actor:
            assert sales.get(actor, sale.number).pk == sale.pk
    for stranger in ("owner@d002.demo", "sales@seller.demo", "gate@warehouse.demo"):
        with world.desk(stranger) as actor, pytest.raises(NotFound):
            sales.get(actor, sale.number)


def written_off(world: World) -> Placed:
    """A loan whose goods brought less than was owed, written off."""
    placed = free_to_sell(world)
    receive(world, sold(world, placed, 2_000_00, below_reserve=True))
    say(world, ask(world, placed, "ask_to_write_off"))
    return placed


class TestRecovery:
    def test_a_payment_is_income_and_shrinks_the_claim(self, world: World) -> None:
        placed = written_off(world)
        claim = loan(world, placed).claim_left
        assert claim > 0
        repay(world, placed, 500_00)
        world.bank()
        assert loan(world, placed).claim_left == claim - 500_00
        dealer, bank = world.chain.dealers["D001"], world.chain.bank
        assert balance(world, bank, Code.RECOVERY_INCOME) == -500_00
        assert balance(world, bank, Code.CLAIM_WRITTEN_OFF) == claim - 500_00
        assert balance(world, dealer, Code.DEBT_WRITTEN_OFF) == -(claim - 500_00)
        assert stands(world, placed)[:2] == ("DEFAULTED", "WRITTEN_OFF")
        assert told(world, world.dealer, "recovered")
        laws.hold(world)

    def test_what_is_more_than_owed_goes_back(self, world: World) -> None:
        placed = written_off(world)
        claim = loan(world, placed).claim_left
        repay(world, placed, claim + 70_00)
        world.bank()
        dealer, bank = world.chain.dealers["D001"], world.chain.bank
        assert balance(world, bank, Code.RECOVERY_INCOME) == -claim
        assert balance(world, dealer, Code.UNAPPLIED) == 0
        assert balance(world, dealer, Code.DEBT_WRITTEN_OFF) == 0
        assert loan(world, placed).claim_left == 0
        with pytest.raises(Refused) as refused:
            repay(world, placed, 1)
        assert refused.value.code == "not-to-repay"
        laws.hold(world)


def repay(world: World, placed: Placed, amount: int) -> None:
    with world.desk(world.dealer) as dealer:
        repaying.repay(
            placed.deal.id, actor=dealer, key=f"late {amount}", amount=amount, at=world.at
        )
