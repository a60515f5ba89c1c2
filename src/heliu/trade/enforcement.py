"""When the dealer does not pay: from the notice of default to the end.

    give_notice        the lender says that it will enforce; the dealer has some days to pay
    ask_to_enforce     then somebody at the lender asks for it, and another person must agree
    enforce            goods come free no more by parts, the limit is shut, a margin is set off, and
                       the seller is called for what it does not reach for
    refund_booked      the seller's money came: for goods not delivered, or for goods in default
    bought_back        the seller has paid: the loan is settled, the goods are the seller's
    (liquidation)      it has no such duty, or does not pay: the goods are sold to others
    ask_to_write_off   nothing is bound any more and nobody pays: two persons again
    write_off          the rest is the lender's loss; the deal ends in default
    (duty)             what the seller still owes by its duty

A dealer that pays all it owes before the end has its goods as ever: the straight path goes on.
What needs two persons is agreed to through `approvals`.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import FacilityStatus, SellerDuty
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import LoanStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.logistics.pledges.operations import freeing
from heliu.trade import deals, duty, exchange, giving_back, margin_calls
from heliu.trade.asking import ask_others
from heliu.trade.financed_order.closing import is_owed_back
from heliu.trade.financed_order.setting_off import set_off
from heliu.trade.models import BUY_BACK, DUTY, GIVEN_BACK, Deal, MarkCause, Outcome, Step
from heliu.trade.paperwork import (
    complete_order,
    has_all_goods,
    loan_of,
    number_of,
    pledge_of,
)
from heliu.trade.pick_ups import tell_pick_up
from heliu.trade.pool_marks import valued_anew
from heliu.trade.releasing import RELEASE
from heliu.trade.side_exits import ask_refund, refunded
from heliu.trade.steps import end, is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
ENFORCE = Act("enforce", (Level("enforce"),), agreed_by=("enforce", "override"))
WRITE_OFF = Act("write-off", (Level("enforce"),), agreed_by=("enforce", "override"))


def give_notice(deal_id: UUID, *, actor: Actor, at: datetime) -> date:
    """The lender gives notice of default to dealer and seller; returns the last day to pay."""
    deal = deals.of_lender(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        until = lending.give_notice(loan, actor=actor, at=at)
        owed = lending.owed(loan, day_of(at)).total
        if remember(deal, Step.DEFAULT_NOTICED, actor=actor, at=at, until=until, owed=owed):
            for org in (deal.buyer, deal.seller):
                tell(
                    org,
                    "default-noticed",
                    {
                        "number": number_of(deal),
                        "amount": Money(owed),
                        "day": until.isoformat(),
                    },
                    link=deals.link(deal),
                    at=at,
                )
    return until


def ask_to_enforce(deal_id: UUID, *, actor: Actor, reason: str, at: datetime) -> Approval:
    """Somebody at the lender asks to enforce; another person with the same right must agree."""
    actor.require("enforce")
    deal = deals.of_lender(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        _require_enforceable(deal, at)
        return _ask_about_debt(ENFORCE, deal, actor=actor, reason=reason, at=at)


def enforce(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """Agreed: the lender takes hold of the locked deal, and the seller is called on its duty."""
    _require_enforceable(deal, at)
    is_called = margin_calls.is_lost(deal)
    loan = lending.enforce(loan_of(deal), actor=actor, at=at, is_called=is_called)
    if loan.facility is not None and loan.facility.status == FacilityStatus.ACTIVE:
        credit.suspend(loan.facility, actor=SYSTEM, at=at)
    approvals.overtaken(deal.id, act=RELEASE, at=at)
    exchange.fall(deal, at=at)
    remember(deal, Step.ENFORCED, actor=actor, at=at, principal=loan.principal_left)
    for org in (deal.buyer, deal.seller):
        tell(org, "loan-enforced", {"number": number_of(deal)}, link=deals.link(deal), at=at)
    set_off(deal, loan, actor=actor, at=at)
    valued_anew(deal, MarkCause.PRICED, at=at)
    pledge = pledge_of(deal) if loan.status == LoanStatus.ENFORCING else None
    if pledge and (price := lending.price_for_seller(loan, pledge.bound_value)):
        ask_refund(deal, price, key=BUY_BACK, at=at)
    elif loan.seller_duty == SellerDuty.RESALE_HELP:
        number = number_of(deal)
        tell(deal.seller, "resale-asked", {"number": number}, link=deals.link(deal), at=at)
    wake(deal.id)


def refund_booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller's money reached the lender: for goods not delivered, for pledged goods that
    go back, for goods of a dealer in default, or by its duty once the loan was written off."""
    if instruction.key.startswith(DUTY):
        duty.booked(deal, instruction, at=at)
        return
    if instruction.key.startswith(GIVEN_BACK):
        giving_back.refunded(deal, instruction, at=at)
        return
    is_price = instruction.key.startswith(BUY_BACK)
    (bought_back if is_price else refunded)(deal, instruction, at=at)


def bought_back(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller has paid the lender for the goods: they are its own, and its money settles the
    loan. What it does not reach for stays owed by the dealer."""
    key, pledge = str(instruction.pk), pledge_of(deal)
    if pledge is None or is_done(deal, Step.GOODS_GIVEN_UP, key=key):
        return
    value = pledge.bound_value
    lending.goods_taken_back(loan_of(deal), value=value, price=instruction.amount, key=key, at=at)
    given = freeing.give_up(pledge, to=deal.seller, key=key, actor=SYSTEM, at=at)
    remember(
        deal, Step.GOODS_GIVEN_UP, key=key, actor=SYSTEM, at=at,
        value=value, price=instruction.amount, quantity=given.quantity if given else 0,
    )  # fmt: skip
    if given:
        tell_pick_up(deal, pledge, given, to=deal.seller, number=number_of(deal), at=at)
    refunded(deal, instruction, at=at)


def ask_to_write_off(deal_id: UUID, *, actor: Actor, reason: str, at: datetime) -> Approval:
    """Somebody at the lender asks to give up what is left; another person must agree."""
    actor.require("enforce")
    deal = deals.of_lender(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        _require_hopeless(deal)
        return _ask_about_debt(WRITE_OFF, deal, actor=actor, reason=reason, at=at)


def write_off(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """Agreed: what is left is the lender's loss, and the locked deal ends in default."""
    _require_hopeless(deal)
    lost = lending.write_off(loan_of(deal), actor=actor, at=at)
    remember(deal, Step.WRITTEN_OFF, actor=actor, at=at, lost=lost)
    complete_order(deal, at=at)
    end(deal, Outcome.DEFAULTED, at=at)
    for org in (deal.buyer, deal.seller):
        tell(
            org,
            "loan-written-off",
            {"number": number_of(deal), "amount": Money(lost)},
            link=deals.link(deal),
            at=at,
        )
    duty.tell_left(deal, at=at)


def _ask_about_debt(act: Act, deal: Deal, *, actor: Actor, reason: str, at: datetime) -> Approval:
    loan = loan_of(deal)
    owed = lending.owed(loan, day_of(at)).total
    return ask_others(act, deal, org=loan.lender, amount=owed, actor=actor, reason=reason, at=at)


def _require_enforceable(deal: Deal, at: datetime) -> None:
    loan, is_called = loan_of(deal), margin_calls.is_lost(deal)
    lending.require_enforceable(loan, on=day_of(at), is_called=is_called)
    if not has_all_goods(deal):
        raise Refused(
            "goods-not-there",
            "The goods of %(number)s have not all arrived.",
            number=number_of(deal),
            help="What was not shipped can be called off: the seller pays it back.",
        )
    require_quiet(deal)


def _require_hopeless(deal: Deal) -> None:
    """Enforced, with nothing left to enforce into."""
    loan, pledge = loan_of(deal), pledge_of(deal)
    if loan.status != LoanStatus.ENFORCING:
        raise Refused("not-enforced", "%(number)s was not enforced.", number=loan.number)
    require_quiet(deal)
    if is_owed_back(deal, loan):
        raise Refused(
            "refund-awaited",
            "Money for %(number)s is still to come back.",
            number=loan.number,
            help="It is paid, or ordered again, first; only the rest is written off.",
        )
    if pledge is not None and pledge.bound_quantity:
        raise Refused(
            "goods-still-bound",
            "Goods still secure %(number)s.",
            number=loan.number,
            help="They are sold first; only the rest is written off.",
        )


def is_seller_paying(deal: Deal) -> bool:
    """Whether a payment of the deal is with the bank: the seller's, for the goods."""
    return payments.has_open(deal.id)


def require_quiet(deal: Deal) -> None:
    """Raises `Refused` while a payment of the deal is with the bank."""
    if payments.has_open(deal.id):
        raise Refused(
            "bank-is-paying",
            "The bank is just paying for %(number)s.",
            number=number_of(deal),
            help="Try again in a minute.",
        )
