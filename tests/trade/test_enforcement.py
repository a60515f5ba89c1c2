"""A dealer that does not pay: notice, two persons, the seller's duty, and the end in default."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.credit import queries as credit
from heliu.capital.credit.models import Facility, Programme, SellerDuty
from heliu.capital.lending import queries as loans
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals_read
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.logistics.pledges.gate import PickUpVerdict
from heliu.trade import approvals, close_of_day, deliveries, enforcement, side_exits
from heliu.trade.financed_order import repaying
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of, order_of, pledge_of
from heliu.trade.placed import Placed

ASKER, OTHER = "credit@bank.demo", "review@bank.demo"


def agree(world: World, duty: SellerDuty, share: str = "1") -> None:
    """What the programme says of the seller's duty."""
    with world.worker():
        Programme.objects.update(seller_duty=duty, buy_back_share=Decimal(share))


def overdue(world: World) -> Placed:
    """A deal whose goods lie pledged and whose dealer is late."""
    placed = life.to_pledge(world)
    pass_days(world, 91 + 4)
    assert stands(world, placed)[:2] == ("OPEN", "OVERDUE")
    return placed


def pass_days(world: World, days: int) -> None:
    world.at += timedelta(days=days)
    with world.worker():
        close_of_day.close_of_day(at=world.at)


def stands(world: World, placed: Placed) -> tuple[str, str, str]:
    """Outcome of the deal, status of the loan, status of the pledge."""
    with world.worker():
        deal = Deal.objects.get(pk=placed.deal.id)
        pledge = pledge_of(deal)
        assert pledge is not None
        return deal.outcome, loan_of(deal).status, pledge.status


def give_notice(world: World, placed: Placed) -> None:
    with world.desk(ASKER) as officer:
        enforcement.give_notice(placed.deal.id, actor=officer, at=world.at)


def ask(world: World, placed: Placed, what: str = "ask_to_enforce") -> UUID:
    with world.desk(ASKER) as officer:
        asked = getattr(enforcement, what)(
            placed.deal.id, actor=officer, reason="does not answer", at=world.at
        )
        return UUID(str(asked.id))


def say(world: World, approval: UUID, who: str = OTHER, *, agrees: bool = True) -> None:
    with world.desk(who) as officer:
        approvals.vote(
            approval,
            agrees=agrees,
            reason="" if agrees else "talk first",
            actor=officer,
            at=world.at,
        )


def enforced(world: World) -> Placed:
    placed = overdue(world)
    give_notice(world, placed)
    pass_days(world, 4)
    say(world, ask(world, placed))
    return placed


def balance(world: World, org: UUID, code: Code) -> int:
    with world.worker():
        rows = books.trial_balance(Actor.system(), org=org)
        return sum(row.debit - row.credit for row in rows if row.code == code)


def test_the_seller_refunds_the_price_and_has_the_goods_again(world: World) -> None:
    placed = enforced(world)
    assert stands(world, placed) == ("OPEN", "ENFORCING", "ACTIVE")
    with world.worker():
        deal = Deal.objects.get(pk=placed.deal.id)
        loan, value = loan_of(deal), placed.order.total
        owed = loans.owed(loan, day_of(world.at)).total
        facility = Facility.objects.get(pk=loan.facility_id)
        assert facility.status == "SUSPENDED"
    world.bank()
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    # What the lender did not need is the dealer's own share, and went home to it.
    with world.worker():
        loan = loan_of(Deal.objects.get(pk=placed.deal.id))
        assert loan.deposit_back == 0
        assert loan.principal_repaid == loan.principal
        back = loan.repayments.get(paid_by="SELLER").unapplied
        assert back == value - owed
    assert balance(world, world.chain.dealers["D001"], Code.INVENTORY_PLEDGED) == 0
    assert balance(world, world.chain.dealers["D001"], Code.REFUND_DUE) == 0
    laws.hold(world)
    assert fetch(world).go
    assert stands(world, placed) == ("CLOSED", "CLOSED", "CLOSED")
    laws.hold(world)


def fetch(world: World) -> PickUpVerdict:
    """The seller fetches its goods with the code it was told."""
    with world.desk("sales@seller.demo"):
        notice = Notice.objects.filter(kind="goods-released").latest("at")
        code = str(notice.params["code"])
    with world.desk("gate@warehouse.demo") as keeper:
        return deliveries.pick_up(actor=keeper, code=code, at=world.later(hours=1))


def test_what_a_buy_back_leaves_open_is_written_off_by_two(world: World) -> None:
    agree(world, SellerDuty.BUY_BACK, "0.5")
    placed = enforced(world)
    world.bank()
    outcome, loan_status, pledge_status = stands(world, placed)
    assert (outcome, loan_status, pledge_status) == ("OPEN", "ENFORCING", "RELEASED")
    dealer, bank = world.chain.dealers["D001"], world.chain.bank
    assert balance(world, dealer, Code.GOODS_LOSS) == placed.order.total // 2
    with world.worker():
        loan = loan_of(Deal.objects.get(pk=placed.deal.id))
        left = loan.principal_left + loan.interest_left
        assert 0 < loan.principal_left < loan.principal
    laws.hold(world)
    say(world, ask(world, placed, "ask_to_write_off"))
    assert stands(world, placed) == ("DEFAULTED", "WRITTEN_OFF", "RELEASED")
    assert balance(world, bank, Code.CREDIT_LOSS) == left
    assert balance(world, bank, Code.LOAN_PRINCIPAL) == 0
    # The dealer owes as before: the claim stands off the lender's balance sheet.
    assert balance(world, dealer, Code.DEBT_WRITTEN_OFF) == -left
    with world.worker():
        facility = credit.facility_of(dealer)
        assert facility is not None
        assert credit.line_of(facility, at=world.at).used == 0
    laws.hold(world)
    assert fetch(world).go
    laws.hold(world)


def test_a_dealer_that_pays_before_the_notice_runs_out_has_its_goods(world: World) -> None:
    placed = overdue(world)
    give_notice(world, placed)
    life.repay(world, placed.deal.id, 100)
    world.bank()
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    with world.desk(ASKER) as officer, pytest.raises(Refused) as refused:
        enforcement.ask_to_enforce(placed.deal.id, actor=officer, reason="late", at=world.at)
    assert refused.value.code == "not-overdue"


def test_who_pays_all_takes_the_question_away_with_it(world: World) -> None:
    placed = overdue(world)
    give_notice(world, placed)
    pass_days(world, 4)
    asked = ask(world, placed)
    life.repay(world, placed.deal.id, 100)
    world.bank()
    with world.desk(OTHER) as officer:
        assert not approvals_read.for_vote_of(officer).exists()
    with pytest.raises(Refused) as refused:
        say(world, asked)
    assert refused.value.code == "approval-over"


def test_parts_free_no_goods_any_more_but_all_of_it_does(world: World) -> None:
    agree(world, SellerDuty.NONE)
    placed = enforced(world)
    life.repay(world, placed.deal.id, 40, key="part")
    world.bank()
    assert stands(world, placed) == ("OPEN", "ENFORCING", "ACTIVE")
    life.repay(world, placed.deal.id, 100, key="rest")
    world.bank()
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    assert life.pick_up(world).go
    assert stands(world, placed)[0] == "CLOSED"
    laws.hold(world)


def test_while_the_seller_pays_the_dealer_cannot(world: World) -> None:
    placed = enforced(world)
    with world.desk(world.dealer) as dealer, pytest.raises(Refused) as refused:
        repaying.repay(placed.deal.id, actor=dealer, key="x", percent=Decimal(100), at=world.at)
    assert refused.value.code == "seller-is-paying"


def test_a_refused_refund_leaves_the_goods_bound_and_is_ordered_again(world: World) -> None:
    placed = overdue(world)
    give_notice(world, placed)
    pass_days(world, 4)
    with world.worker():
        sandbox.script(fault="reject", purpose="REFUND", deal=placed.deal.id)
    say(world, ask(world, placed))
    world.bank()
    assert stands(world, placed) == ("OPEN", "ENFORCING", "ACTIVE")
    with world.worker():
        refused = PaymentInstruction.objects.get(deal=placed.deal.id, status="REJECTED")
    with world.desk(ASKER) as officer:
        side_exits.pay_again(refused.pk, actor=officer, at=world.at)
    world.bank()
    assert stands(world, placed) == ("OPEN", "REPAID", "RELEASED")
    laws.hold(world)


class TestFourEyes:
    def test_who_asks_does_not_agree(self, world: World) -> None:
        placed = overdue(world)
        give_notice(world, placed)
        pass_days(world, 4)
        asked = ask(world, placed)
        with pytest.raises(Forbidden) as refused:
            say(world, asked, ASKER)
        assert refused.value.code == "own-request"
        assert stands(world, placed)[1] == "OVERDUE"

    def test_one_no_ends_it_and_needs_a_reason(self, world: World) -> None:
        placed = overdue(world)
        give_notice(world, placed)
        pass_days(world, 4)
        asked = ask(world, placed)
        with world.desk(OTHER) as officer, pytest.raises(Invalid):
            approvals.vote(asked, agrees=False, actor=officer, at=world.at)
        say(world, asked, agrees=False)
        with pytest.raises(Refused) as refused:
            say(world, asked)
        assert refused.value.code == "approval-over"
        assert stands(world, placed)[1] == "OVERDUE"
        ask(world, placed)  # and may be asked again

    def test_nobody_else_sees_it(self, world: World) -> None:
        placed = overdue(world)
        give_notice(world, placed)
        pass_days(world, 4)
        asked = ask(world, placed)
        for stranger in (world.dealer, "sales@seller.demo", "gate@warehouse.demo"):
            with world.desk(stranger) as actor:
                assert not approvals_read.visible_to(actor).exists()
                with pytest.raises(NotFound):
                    approvals.vote(asked, agrees=True, actor=actor, at=world.at)

    def test_it_is_asked_once_and_does_not_wait_for_ever(self, world: World) -> None:
        placed = overdue(world)
        give_notice(world, placed)
        pass_days(world, 4)
        asked = ask(world, placed)
        with pytest.raises(Refused) as refused:
            ask(world, placed)
        assert refused.value.code == "approval-waits"
        pass_days(world, 8)
        with pytest.raises(Refused) as late:
            say(world, asked)
        assert late.value.code == "approval-over"


def test_no_notice_no_enforcement(world: World) -> None:
    placed = overdue(world)
    with world.desk(ASKER) as officer:
        with pytest.raises(Refused) as refused:
            enforcement.ask_to_enforce(placed.deal.id, actor=officer, reason="late", at=world.at)
        assert refused.value.code == "notice-missing"
    give_notice(world, placed)
    with pytest.raises(Refused) as refused:
        ask(world, placed)
    assert refused.value.code == "notice-runs"


def test_only_the_lender_may(world: World) -> None:
    placed = overdue(world)
    for stranger in (world.dealer, "sales@seller.demo"):
        with world.desk(stranger) as actor, pytest.raises(Forbidden):
            enforcement.give_notice(placed.deal.id, actor=actor, at=world.at)


def test_bound_goods_are_not_written_off(world: World) -> None:
    agree(world, SellerDuty.NONE)
    placed = enforced(world)
    with pytest.raises(Refused) as refused:
        ask(world, placed, "ask_to_write_off")
    assert refused.value.code == "goods-still-bound"
    assert order_closed(world, placed) is False


def order_closed(world: World, placed: Placed) -> bool:
    with world.worker():
        return order_of(Deal.objects.get(pk=placed.deal.id)).status == "COMPLETED"
