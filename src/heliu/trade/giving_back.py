"""Pledged goods that go back to the seller while the loan runs.

    require_pledged   the dealer may ask (`returns.ask`): the goods are bound, and nothing speaks
                      against it
    asked             the seller has agreed: the lender's people are asked
    agreed            they agree: the seller's bank is told to refund the price to the lender
    turned_down       they do not: the return is refused, the goods stay bound
    refunded          the bank has booked it: the refund settles the loan, the goods leave for the
                      seller under a code of its own

The return itself is that of `returns`; here it says nothing of sending and counting, for the goods
lie counted at the keeper's. What a refund frees beside the goods that went back follows from the
release mode, as for any refund.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import PaymentInstruction
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.commerce.pricing.operations import discounts
from heliu.commerce.returns import operations
from heliu.commerce.returns.models import Return, ReturnStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.logistics.pledges.models import IN_FORCE, Pledge
from heliu.logistics.pledges.operations import freeing
from heliu.trade import deals, sales, side_exits, spending, vat
from heliu.trade.asking import ask_others
from heliu.trade.models import GIVEN_BACK, Deal, Step
from heliu.trade.paperwork import has_all_goods, loan_of, number_of, pledge_of
from heliu.trade.pick_ups import tell_pick_up
from heliu.trade.steps import is_done, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
GIVE_BACK = Act("give-back", (Level("release"),), agreed_by=("release", "override"))
MAY_GIVE_BACK = (LoanStatus.SELLER_PAID, LoanStatus.OVERDUE)


def require_pledged(deal: Deal, goods: Mapping[UUID, int]) -> Pledge:
    """The pledge that these goods are bound under. Raises `Refused` where they are not, or while
    the lender enforces, sells, or waits for goods that came short."""
    loan = loan_of(deal) if deal.loan_id else None
    pledge = pledge_of(deal)
    is_open = loan is not None and loan.status in MAY_GIVE_BACK and not loan.is_promised
    if not is_open or pledge is None or pledge.status not in IN_FORCE or sales.is_begun(deal):
        raise Refused(
            "return-financed",
            "%(number)s is financed: its goods are not given back now.",
            help="Pledged goods go back while the loan runs. Else open a case.",
            number=number_of(deal),
        )
    if pledge.is_short:
        raise Refused(
            "goods-short",
            "Goods of %(number)s came short: the others stay bound.",
            number=number_of(deal),
        )
    freeing.share_of(pledge, goods)
    return pledge


def asked(deal: Deal, found: Return, *, at: datetime) -> None:
    """The seller takes the goods of a locked deal back: its lender must agree."""
    loan = loan_of(deal)
    ask_others(
        GIVE_BACK, deal, org=loan.lender, amount=found.amount, actor=SYSTEM, reason=found.reason,
        at=at,
    )  # fmt: skip


def agreed(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """All at the lender who must have agreed: the seller refunds the price of the goods."""
    found = _waiting(deal)
    require_pledged(deal, goods_of(found))
    if bank.has_open(deal.id):
        raise Refused(
            "bank-is-paying",
            "The bank is just paying for %(number)s.",
            number=number_of(deal),
            help="Try again in a minute.",
        )
    side_exits.ask_refund(deal, found.amount, key=f"{GIVEN_BACK}{found.number}", at=at)
    wake(deal.id)


def turned_down(deal: Deal, *, actor: Actor, reason: str, at: datetime) -> None:
    """The lender does not let the goods go: the return is refused, with its reason."""
    operations.refuse(_waiting(deal), actor=SYSTEM, reason=reason, at=at)


def require_quiet(found: Return, deal: Deal) -> None:
    """Raises `Refused` while the seller is paying for the return."""
    if bank.has_open_refund(deal.id):
        raise Refused(
            "seller-is-paying",
            "The seller is just paying for the goods of %(number)s.",
            number=found.order_number,
            help="Try again when the bank has booked it, or refused it.",
        )


def refunded(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller's refund reached the lender: the goods are the seller's, its money settles the
    loan."""
    key = str(instruction.pk)
    if is_done(deal, Step.RETURNED, key=key):
        return
    found = of_instruction(instruction)
    goods = goods_of(found)
    pledge = pledge_of(deal)
    assert pledge is not None
    loan = loan_of(deal)
    value = freeing.share_of(pledge, goods).value
    lending.goods_taken_back(loan, value=value, price=instruction.amount, key=key, at=at)
    # Under a key of its own: that of the payment is for what the refund frees beside.
    given = freeing.hand_back(
        pledge, goods, to=deal.seller, key=f"{GIVEN_BACK}{found.number}",
        is_last=has_all_goods(deal), actor=SYSTEM, at=at,
    )  # fmt: skip
    remember(
        deal, Step.RETURNED, key=key, actor=SYSTEM, at=at,
        value=value, refund=instruction.amount, number=found.number, quantity=given.quantity,
    )  # fmt: skip
    _settle(found, at=at)
    _tell(deal, loan, pledge, given, at=at)
    side_exits.refunded(deal, instruction, at=at)


def goods_of(found: Return) -> dict[UUID, int]:
    """How many units of each SKU a return is about."""
    goods: dict[UUID, int] = {}
    for line in found.lines.all():
        goods[line.sku_id] = goods.get(line.sku_id, 0) + line.quantity
    return goods


def of_instruction(instruction: PaymentInstruction) -> Return:
    """The return that a refund is for; one that was ordered again names it first all the same."""
    number = instruction.key.removeprefix(GIVEN_BACK).partition("+")[0]
    return Return.objects.select_for_update().get(number=number)


def _settle(found: Return, *, at: datetime) -> None:
    operations.taken_as_pledged(found)
    discounts.give_back(found.order_id, goods_of(found))
    spending.lost(found.order_id, found.amount, key=str(found.pk), at=at)
    operations.settle(found, credited=found.amount, actor=SYSTEM, at=at)
    vat.returned(found.order_id, at=at)


def _tell(deal: Deal, loan: Loan, pledge: Pledge, given: freeing.Released, *, at: datetime) -> None:
    number = number_of(deal)
    tell_pick_up(deal, pledge, given, to=deal.seller, number=number, at=at)
    for org in (deal.buyer, loan.lender):
        tell(
            org,
            "goods-given-back",
            {
                "quantity": str(given.quantity),
                "number": number,
                "amount": Money(given.value),
            },
            link=deals.link(deal),
            at=at,
        )


def _waiting(deal: Deal) -> Return:
    """The return that the lender was asked about, locked."""
    found = Return.objects.select_for_update().filter(deal=deal.pk, status=ReturnStatus.AGREED)
    return found.latest("decided_at")
