"""Goods of a dealer in default are sold to others, and what comes after all hope was given up.

    ask_to_sell      the lender has a buyer: quantity, price, costs; another person must agree
    sell             agreed: the buyer is asked to pay; the dealer can redeem the goods no more
    pay_for          a buyer of the platform pays through its bank
    note_receipt     the money of another buyer came: the lender writes it down
    sale_booked      the bank has booked it, or it was written down: the goods are the buyer's,
                     the money pays costs, penalty, interest, principal; a surplus goes home
    call_off         the buyer does not pay: the goods stay bound and may be sold again
    recovered        money came for a loan that was written off

Margin and the seller's duty come first (`enforcement`), writing off the rest comes last.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import InstructionStatus, PaymentInstruction, Purpose
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import LoanStatus
from heliu.capital.lending.policies.allocating import NO_COSTS, SaleCosts
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money
from heliu.kernel.numbering import next_number
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.pledges.operations import binding, freeing
from heliu.trade import deals, releasing, sales
from heliu.trade.asking import ask_others
from heliu.trade.enforcement import require_quiet
from heliu.trade.financed_order import closing, instructing, repaying
from heliu.trade.models import Deal, MarkCause, Sale, SaleStatus, Step
from heliu.trade.paperwork import loan_of, number_of, pledge_of
from heliu.trade.pick_ups import tell_pick_up
from heliu.trade.pool_marks import valued_anew
from heliu.trade.pools import worth_of
from heliu.trade.steps import is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
SELL = Act("sell", (Level("enforce"),), agreed_by=("enforce", "override"))


@dataclass(frozen=True)
class Terms:
    """What goods are sold for and to whom; amounts in fen.

    `buyer` is an organisation of the platform, else `buyer_name` says who it is. `goods` are units
    by SKU, None is all that is bound. `below_reserve` says that the lender means to sell for less
    than the goods should bring.
    """

    price: int
    buyer: UUID | None = None
    buyer_name: str = ""
    goods: Mapping[UUID, int] | None = None
    costs: SaleCosts = NO_COSTS
    below_reserve: bool = False


def ask_to_sell(
    deal_id: UUID, terms: Terms, *, actor: Actor, reason: str, at: datetime
) -> Approval:
    """Somebody at the lender asks to sell goods that an enforced loan is bound to; another person
    must agree. Raises `Refused` (below-reserve) for a price under the programme's floor that was
    not meant, and for more than is bound."""
    actor.require("enforce")
    deal = deals.of_lender(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        pledge = _require_saleable(deal)
        goods = dict(terms.goods) if terms.goods is not None else binding.bound_goods(pledge)
        share = freeing.share_of(pledge, goods)
        loan = loan_of(deal)
        worth = worth_of(loan, goods, at=at) if deal.is_stock else 0
        reserve = lending.reserve_price(loan, worth or share.value)
        _check(terms, reserve)
        asked = ask_others(
            SELL, deal, org=loan.lender, amount=terms.price, actor=actor, reason=reason, at=at
        )
        Sale.objects.create(
            number=next_number("SL", at),
            deal=deal,
            approval=asked.pk,
            lender=pledge.pledgee,
            dealer=deal.buyer,
            seller=deal.seller,
            custodian=pledge.custodian,
            buyer=terms.buyer,
            buyer_name=_name(deal, terms),
            goods=[[str(sku), quantity] for sku, quantity in goods.items()],
            quantity=share.quantity,
            value=share.value,
            reserve=reserve,
            price=terms.price,
            sale_costs=terms.costs.sale,
            custody_costs=terms.costs.custody,
            asked_at=at,
        )
    return asked


def sell(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """Agreed: the goods of the locked deal are sold, and are the buyer's when it has paid."""
    sale = Sale.objects.filter(deal=deal, agreed_at=None).latest("asked_at")
    freeing.share_of(_require_saleable(deal), sale.quantities)
    sale.agreed_at = at
    sale.save(update_fields=["agreed_at"])
    remember(
        deal, Step.SALE_AGREED, key=sale.number, actor=actor, at=at,
        quantity=sale.quantity, value=sale.value, price=sale.price,
    )  # fmt: skip
    _tell_owners(deal, "sale-agreed", sale, at=at)
    if sale.buyer is not None:
        with widened([sale.buyer]):
            tell(
                sale.buyer,
                "sale-to-pay",
                {"amount": Money(sale.price), "quantity": str(sale.quantity), "sale": sale.number},
                link=link(sale),
                at=at,
            )


def pay_for(sale_id: UUID, *, actor: Actor, at: datetime) -> PaymentInstruction:
    """The buyer, an organisation of the platform, pays what it has bought through its bank.

    Said again, the payment that is on its way is returned; a refused one is ordered once more.
    """
    sale = sales.get(actor, sale_id)
    buyer = sale.buyer
    if buyer is None or buyer not in actor.orgs:
        raise Forbidden("not-your-sale", "Only who buys the goods pays for them.")
    actor.require("sell" if buyer == sale.seller else "pay")
    with _opened(sale):
        deal, sale = _locked(sale)
        before = PaymentInstruction.objects.filter(
            deal=deal.pk, purpose=Purpose.SALE, key__startswith=f"{sale.number}:"
        )
        if (known := before.exclude(status=InstructionStatus.REJECTED).first()) is not None:
            return known
        _require_unpaid(sale)
        instruction = instructing.pay(
            deal, Purpose.SALE, buyer, sale.lender, sale.price,
            key=f"{sale.number}:{before.count()}", actor=actor, at=at,
        )  # fmt: skip
    wake(deal.id)
    return instruction


def note_receipt(
    sale_id: UUID, *, actor: Actor, reference: str, value_day: date, at: datetime
) -> Sale:
    """The lender writes down that the money of a buyer from outside came: who has no account that
    the platform's bank link reaches. Said again, the first word stands."""
    sale = _of_lender(sale_id, actor)
    with _opened(sale):
        deal, sale = _locked(sale)
        if sale.paid_at is not None:
            return sale
        _require_unpaid(sale)
        if sale.buyer is not None:
            raise Refused(
                "pays-through-bank",
                "%(buyer)s pays through its bank here.",
                buyer=sale.buyer_name,
                help="The goods are its own when the bank has booked it.",
            )
        if not reference.strip():
            raise Invalid(
                "reference-missing", "The money's reference is needed.", field="reference"
            )
        if value_day > day_of(at):
            raise Invalid("day-to-come", "This day has not come yet.", field="value_day")
        _sold(deal, sale, actor=actor, reference=reference.strip()[:80], value_day=value_day, at=at)
    wake(sale.deal_id)
    return sale


def sale_booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The buyer's money reached the lender through the bank."""
    number, _, _ = instruction.key.rpartition(":")
    sale = Sale.objects.get(number=number)
    _sold(
        deal, sale, actor=SYSTEM, reference=instruction.number,
        value_day=instruction.booked_on or day_of(at), at=at,
    )  # fmt: skip


def call_off(sale_id: UUID, *, actor: Actor, reason: str, at: datetime) -> Sale:
    """The buyer does not pay: the lender calls the sale off, and the goods stay bound."""
    sale = _of_lender(sale_id, actor)
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    with _opened(sale):
        deal, sale = _locked(sale)
        if sale.called_off_at is not None:
            return sale
        _require_unpaid(sale)
        require_quiet(deal)
        sale.called_off_at = at
        sale.save(update_fields=["called_off_at"])
        remember(
            deal, Step.SALE_CALLED_OFF, key=sale.number, actor=actor, at=at,
            reason=reason.strip()[:300],
        )  # fmt: skip
        _tell_owners(deal, "sale-called-off", sale, at=at)
        if sale.buyer is not None:
            told = {"sale": sale.number}
            tell(sale.buyer, "sale-called-off", told, link=link(sale), at=at)
    return sale


def repayment_booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The dealer's money came: for a loan that runs, or for one that was written off."""
    is_given_up = loan_of(deal).status == LoanStatus.WRITTEN_OFF
    (recovered if is_given_up else repaying.repaid)(deal, instruction, at=at)


def recovered(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The dealer paid on what was written off; what is more than the claim goes back to it."""
    key = str(instruction.pk)
    if is_done(deal, Step.RECOVERED, key=key):
        return
    loan = loan_of(deal)
    result = lending.recovered(
        loan,
        amount=instruction.amount,
        key=key,
        effective=instruction.booked_on or day_of(at),
        at=at,
    )
    left = loan_of(deal).claim_left
    remember(
        deal, Step.RECOVERED, key=key, actor=SYSTEM, at=at,
        amount=instruction.amount, unapplied=result.unapplied, left=left,
    )  # fmt: skip
    for org in (deal.buyer, loan.lender):
        tell(
            org,
            "recovered",
            {
                "amount": Money(instruction.amount - result.unapplied),
                "number": number_of(deal),
                "left": Money(left),
            },
            link=deals.link(deal),
            at=at,
        )
    if result.unapplied:
        instructing.return_unapplied(deal, result.unapplied, key=key, at=at)


def is_paying(sale: Sale) -> bool:
    """Whether the buyer's payment is on its way to the bank, or back from it."""
    return sale.status == SaleStatus.AGREED and payments.has_open(sale.deal_id)


def link(sale: Sale) -> str:
    """Where a sale is read."""
    return f"/sales/{sale.number}"


def _sold(
    deal: Deal, sale: Sale, *, actor: Actor, reference: str, value_day: date, at: datetime
) -> None:
    """The money is there: it goes down the waterfall, and the goods leave the pledge."""
    if sale.paid_at is not None:
        return
    sale.paid_at, sale.reference, sale.value_day = at, reference, value_day
    sale.save(update_fields=["paid_at", "reference", "value_day"])
    result = lending.goods_sold(
        loan_of(deal),
        lending.Sale(sale.value, SaleCosts(sale.sale_costs, sale.custody_costs), sale.buyer),
        price=sale.price,
        key=sale.number,
        effective=value_day,
        at=at,
    )
    paid = result.allocation
    given = _hand_on(deal, sale, at=at)
    remember(
        deal, Step.GOODS_SOLD, key=sale.number, actor=actor, at=at,
        price=sale.price, value=sale.value, quantity=given.quantity, costs=paid.costs,
        penalty=paid.penalty, interest=paid.interest, principal=paid.principal,
        unapplied=paid.unapplied,
    )  # fmt: skip
    _tell_owners(deal, "goods-sold", sale, at=at)
    if paid.unapplied:
        instructing.return_unapplied(deal, paid.unapplied, key=sale.number, at=at)
    if result.closed:
        approvals.overtaken(deal.id, at=at)
    releasing.release(deal, key=f"rest:{sale.number}", at=at)
    valued_anew(deal, MarkCause.SOLD, at=at)
    closing.close_if_done(deal, at=at)


def _hand_on(deal: Deal, sale: Sale, *, at: datetime) -> freeing.Released:
    """The goods are free for whom the buyer's side sends: its own people, or, for a buyer from
    outside, whoever the lender gives the code to."""
    pledge = pledge_of(deal)
    assert pledge is not None
    taker = sale.buyer or sale.lender
    with widened([taker]):
        given = freeing.sell(
            pledge, sale.quantities, to=taker, name=sale.buyer_name, key=sale.number,
            actor=SYSTEM, at=at,
        )  # fmt: skip
        tell_pick_up(
            deal, pledge, given, to=taker, number=sale.number, at=at,
            link=link(sale) if sale.buyer else "",
        )  # fmt: skip
    return given


def _tell_owners(deal: Deal, kind: str, sale: Sale, *, at: datetime) -> None:
    """The dealer, whose goods they were, and the seller hear of it."""
    params: dict[str, Parameter] = {
        "number": number_of(deal),
        "quantity": str(sale.quantity),
        "amount": Money(sale.price),
        "sale": sale.number,
    }
    for org in (deal.buyer, deal.seller):
        tell(org, kind, params, link=deals.link(deal), at=at)


def _require_saleable(deal: Deal) -> Pledge:
    """Enforced, nothing on its way that may end it, and goods that are bound and not sold yet."""
    loan, pledge = loan_of(deal), pledge_of(deal)
    if loan.status != LoanStatus.ENFORCING:
        raise Refused("not-enforced", "%(number)s was not enforced.", number=loan.number)
    require_quiet(deal)
    if sales.is_open(deal):
        raise Refused(
            "sale-unpaid",
            "A sale of goods of %(number)s is not paid yet.",
            number=loan.number,
            help="It is paid, or called off, first.",
        )
    if pledge is None or not pledge.bound_quantity:
        raise Refused("nothing-bound", "No goods secure %(number)s.", number=loan.number)
    return pledge


def _check(terms: Terms, reserve: int) -> None:
    if terms.price <= 0:
        raise Invalid("amount-not-positive", "A sale needs a price above zero.", field="price")
    if min(terms.costs.sale, terms.costs.custody) < 0:
        raise Invalid("costs-negative", "Costs are not below zero.", field="sale_costs")
    if terms.costs.total > terms.price:
        raise Invalid(
            "costs-above-price", "The sale brings less than it costs.", field="sale_costs"
        )
    if terms.price < reserve and not terms.below_reserve:
        raise Refused(
            "below-reserve",
            "The goods should bring at least %(reserve)s.",
            field="price",
            reserve=str(Money(reserve)),
            help="Say that you mean to sell below it; who must agree sees it.",
        )


def _name(deal: Deal, terms: Terms) -> str:
    """Who buys; the dealer itself repays instead."""
    if terms.buyer is None:
        if not terms.buyer_name.strip():
            raise Invalid("buyer-missing", "Say who buys the goods.", field="buyer")
        return terms.buyer_name.strip()[:120]
    found = names([terms.buyer]).get(terms.buyer)
    if found is None or terms.buyer in (deal.buyer, deal.lender, deal.custodian):
        raise Invalid("buyer-unfit", "This organisation cannot buy the goods.", field="buyer")
    return found.name[:120]


def _of_lender(sale_id: UUID, actor: Actor) -> Sale:
    actor.require("enforce")
    sale = sales.get(actor, sale_id)
    if sale.lender not in actor.orgs:
        raise Forbidden("not-your-loan", "Only the lender may do this.")
    return sale


def _opened(sale: Sale) -> AbstractContextManager[None]:
    """The door wide enough for all whose sale it is."""
    orgs = [sale.lender, sale.dealer, sale.seller, sale.custodian]
    return widened([*orgs, sale.buyer] if sale.buyer else orgs)


def _locked(sale: Sale) -> tuple[Deal, Sale]:
    deal = locked(sale.deal_id)
    return deal, Sale.objects.get(pk=sale.pk)


def _require_unpaid(sale: Sale) -> None:
    if sale.status != SaleStatus.AGREED:
        raise Refused(
            "sale-over",
            "%(number)s does not wait for money: it is %(now)s.",
            number=sale.number,
            now=str(sale.status.label),
        )
