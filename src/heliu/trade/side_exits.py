"""Where the pledged order leaves its straight path.

    decide            a person at the bank decides what the rules would not
    quote_ran_out     nobody signed, or nobody decided, in time
    bank_rejected     the bank refused a payment: what has moved goes back
    receipt_differs   goods came short or damaged: their price is refunded, or not owed
    cancel            an order is called off, before or after the money moved
    refunded, loan_returned, deposit_returned, unapplied_returned   the money on its way back
    pay_again         a payment on its way back that the bank refused is ordered once more

A lost answer is no exit: `sweeper` asks for it under the same id and the story goes on. Part
repayments and part releases are the straight path (`repaying.repaid`).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import InstructionStatus, PaymentInstruction, Purpose
from heliu.capital.books import operations as books
from heliu.capital.books.journals import orders as journals
from heliu.capital.credit import operations as credit
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.operations import Unwinding
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus, PayBy
from heliu.commerce.pricing.operations.discounts import give_back
from heliu.commerce.returns.models import OVER, Return
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.posting import operations as posting
from heliu.logistics.pledges.models import PledgeStatus
from heliu.logistics.pledges.operations import binding, freeing
from heliu.logistics.stock import operations as stock
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.operations import Received
from heliu.trade import behalf, deals, open_account, releasing, sales, shortfall, spending
from heliu.trade.financed_order import closing, instructing
from heliu.trade.models import BUY_BACK, DUTY, GIVEN_BACK, Deal, MarkCause, Outcome, Step
from heliu.trade.names import reservation_of, terms_hold_of
from heliu.trade.paperwork import loan_of, number_of, order_of, pledge_of
from heliu.trade.pool_marks import valued_anew
from heliu.trade.pools import drop_announced
from heliu.trade.steps import end, is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
RETURNS = (Purpose.REFUND, Purpose.LOAN_BACK, Purpose.DEPOSIT_BACK, Purpose.UNAPPLIED_BACK)
AGAIN = (*RETURNS, Purpose.BILL_PAYMENT)


def decide(
    deal_id: UUID,
    *,
    actor: Actor,
    approve: bool,
    reason: str,
    at: datetime,
    deposit_ratio: Decimal | None = None,
) -> Loan:
    """A credit officer approves or declines a referred request, with a reason.

    Another deposit than the rules proposed is an override and is kept as one. A declined order is
    cancelled and its goods are free again.
    """
    deal = deals.get(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        proposed = loan.assessment
        if approve and proposed and deposit_ratio not in (None, loan.deposit_ratio):
            loan.assessment = credit.override(
                proposed, actor=actor, reason=reason, at=at, deposit_ratio=deposit_ratio
            )
            loan.save(update_fields=["assessment"])
        loan = lending.decide(
            loan,
            actor=actor,
            approve=approve,
            reason=reason,
            deposit_ratio=deposit_ratio if approve else None,
            at=at,
        )
        remember(deal, Step.DECIDED, actor=actor, at=at, approved=approve)
        tell(
            deal.buyer,
            "loan-decided",
            {"number": number_of(deal), "outcome": LoanStatus(loan.status).label},
            link=deals.link(deal),
            at=at,
        )
        if loan.status == LoanStatus.DECLINED:
            _call_off(deal, actor=SYSTEM, reason=reason, at=at)
    return loan


def quote_ran_out(deal: Deal, *, at: datetime) -> None:
    """Nobody signed or decided in time: limit and goods are free again."""
    if lending.expire(loan_of(deal), at=at):
        remember(deal, Step.EXPIRED, actor=SYSTEM, at=at)
        _call_off(deal, actor=SYSTEM, reason="quote expired", at=at)


def bank_rejected(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The bank refused a payment.

    A refused deposit, loan, own share or payment to the seller stops the deal: everything that has
    moved goes back and the order is cancelled. A refused repayment, refund or return changes
    nothing; its sender is told and may order it again.
    """
    key, purpose = str(instruction.pk), Purpose(instruction.purpose)
    if not remember(
        deal, Step.BANK_REJECTED, key=key, actor=SYSTEM, at=at,
        purpose=purpose, reason=instruction.reason, amount=instruction.amount,
    ):  # fmt: skip
        return
    loan = lending.bank_rejected(loan_of(deal), stage=purpose, reason=instruction.reason, at=at)
    told = instruction.payer if purpose in (Purpose.REFUND, Purpose.SALE) else deal.buyer
    for org in {told, loan.lender}:
        tell(
            org,
            "bank-rejected",
            {"number": number_of(deal), "reason": instruction.reason},
            link=deals.link(deal),
            at=at,
        )
    unwind_when_quiet(deal, at=at)
    closing.close_if_done(deal, at=at)  # it may have been the last that was waited for


def receipt_differs(
    deal: Deal, shipment: Shipment, received: Received, *, photos: int, at: datetime
) -> None:
    """Goods came short or damaged: nobody pays for them.

    Of a financed order the seller owes their price to the lender; the refund settles the loan
    first, and what is left over is the dealer's own. Of others see `open_account.short`. `photos`
    is how many the keeper has taken.
    """
    lost: dict[int, int] = dict(received.short)
    for line, quantity in received.damaged.items():
        lost[line] = lost.get(line, 0) + quantity
    if not lost:
        return
    worth = dict(OrderLine.objects.filter(pk__in=lost).values_list("id", "unit_price"))
    value = sum(worth[line] * quantity for line, quantity in lost.items())
    spending.lost(deal.order_id, value, key=str(shipment.id), at=at)
    if deal.loan_id:
        lending.goods_short(loan_of(deal), amount=value, key=str(shipment.id), at=at)
        refund = value
    else:
        refund = open_account.short(deal, value, key=str(shipment.id), at=at)
    remember(
        deal, Step.RECEIPT_DIFFERS, key=shipment.number, actor=SYSTEM, at=at,
        short=sum(received.short.values()), damaged=sum(received.damaged.values()), value=value,
        refund=refund, photos=photos,
    )  # fmt: skip
    for org in parties(deal):
        tell(
            org,
            "receipt-differs-shown" if photos else "receipt-differs",
            {"number": number_of(deal), "short": str(sum(lost.values()))}
            | ({"photos": str(photos)} if photos else {}),
            link=deals.link(deal),
            at=at,
        )
    if value and deal.loan_id:
        shortfall.missing(deal, value, at=at)
        ask_refund(deal, value, key=shipment.number, at=at)
        wake(deal.id)


def cancel(order_id: UUID, *, actor: Actor, reason: str, at: datetime) -> None:
    """Buyer or seller call an order off of which nothing was shipped.

    Goods and limit are free at once; money that has moved goes back by the bank: from the
    supervised account, or, once the seller was paid, by the seller's refund.
    """
    deal = deals.of_order(actor, order_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        if deal.loan_id and _is_paying(loan_of(deal)):
            raise Refused(
                "bank-is-paying",
                "The bank is just paying for %(number)s.",
                number=order.number,
                help="Try again in a minute.",
            )
        _free_goods_and_credit(deal, at=at)
        if order.pay_by == PayBy.TRANSFER and order.status == OrderStatus.CONFIRMED:
            _pay_back(order, at=at)
        ordering.cancel(order, actor=actor, reason=reason, at=at, audience=parties(deal))
        remember(deal, Step.CANCELLED, actor=actor, at=at)
        behalf.cancelled(order, actor, at=at)
        if deal.loan_id is None:
            end(deal, Outcome.CANCELLED, at=at)
        else:
            _take_back(deal, lending.unwind(loan_of(deal), reason=reason, at=at), at=at)
        for org in {deal.buyer, deal.seller}:
            tell(org, "order-cancelled", {"number": order.number}, link=deals.link(deal), at=at)
    wake(deal.id)


def refunded(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller's refund reached the lender: it settles the loan, the rest goes to the dealer."""
    key = str(instruction.pk)
    if is_done(deal, Step.REFUNDED, key=key):
        return
    loan = loan_of(deal)
    returning = loan.deposit_back  # of a refund before, and on its way already
    paid = lending.seller_refunded(
        loan,
        amount=instruction.amount,
        key=key,
        effective=instruction.booked_on or day_of(at),
        at=at,
    )
    remember(
        deal, Step.REFUNDED, key=key, actor=SYSTEM, at=at,
        amount=instruction.amount, principal=paid.allocation.principal,
    )  # fmt: skip
    loan = loan_of(deal)
    if left := loan.deposit_back - returning:
        instructing.return_deposit(deal, left, payer=loan.lender, key=key, at=at)
    releasing.release(deal, key=key, at=at)
    valued_anew(deal, MarkCause.SOLD, at=at)
    closing.close_if_done(deal, at=at)
    _end_if_cancelled(deal, at=at)


def loan_returned(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The loan went back to the lender from the supervised account."""
    if remember(deal, Step.REFUNDED, actor=SYSTEM, at=at, amount=instruction.amount):
        lending.loan_returned(loan_of(deal), at=at)
        _end_if_cancelled(deal, at=at)


def deposit_returned(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The dealer has its own share back."""
    key = str(instruction.pk)
    if remember(
        deal, Step.DEPOSIT_RETURNED, key=key, actor=SYSTEM, at=at, amount=instruction.amount
    ):
        lending.deposit_returned(loan_of(deal), amount=instruction.amount, key=key, at=at)
        closing.close_if_done(deal, at=at)
        _end_if_cancelled(deal, at=at)


def unapplied_returned(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The dealer has back what it paid too much."""
    key = str(instruction.pk)
    if remember(
        deal, Step.UNAPPLIED_RETURNED, key=key, actor=SYSTEM, at=at, amount=instruction.amount
    ):
        lending.unapplied_returned(loan_of(deal), amount=instruction.amount, key=key, at=at)
        tell(
            deal.buyer,
            "overpaid-returned",
            {"amount": Money(instruction.amount), "number": number_of(deal)},
            link=deals.link(deal),
            at=at,
        )
        closing.close_if_done(deal, at=at)
        _end_if_cancelled(deal, at=at)


def pay_again(instruction_id: UUID, *, actor: Actor, at: datetime) -> PaymentInstruction:
    """Order a refused refund, return or payment of a bill once more, when its cause is mended.

    The payer, or the bank that waits for it, may. Payments of the straight path are not ordered
    again: a refused one has called the deal off, and a repayment is the dealer's to repeat.
    """
    refused = payments.get(actor, instruction_id)
    is_refused = refused.status == InstructionStatus.REJECTED
    # What is left of a duty may have become less: it is paid anew, as far as it is left.
    if refused.purpose not in AGAIN or refused.key.startswith(DUTY) or not is_refused:
        raise Refused(
            "not-to-repeat",
            "%(number)s cannot be ordered again.",
            number=refused.number,
            help="Only a refused refund, return or payment of a bill is ordered again.",
        )
    if not actor.is_system and not {refused.payer, refused.lender} & set(actor.orgs):
        raise Forbidden("not-your-payment", "This payment is not yours to make.")
    deal = deals.get(actor, refused.deal)
    with widened(parties(deal)):
        deal = locked(deal.id)
        _require_still_owed(deal, refused)
        again = instructing.pay(
            deal,
            Purpose(refused.purpose),
            refused.payer,
            refused.payee,
            refused.amount,
            key=f"{refused.key}+{refused.number}"[-80:],
            actor=actor,
            at=at,
        )
    wake(deal.id)
    return again


def _require_still_owed(deal: Deal, refused: PaymentInstruction) -> None:
    """What was refused is ordered again only while there is still something to pay."""
    loan = loan_of(deal)
    if refused.purpose == Purpose.BILL_PAYMENT and not loan.is_promised:
        raise Refused("bill-over", "The bill was paid, or fell with its order.")
    if refused.key.startswith(BUY_BACK) and loan.status != LoanStatus.ENFORCING:
        raise Refused(
            "paid-meanwhile", "The dealer has paid: the goods are not bought back any more."
        )
    if refused.key.startswith(BUY_BACK) and sales.is_begun(deal):
        raise Refused(
            "sold-meanwhile", "Goods were sold to others: they are not bought back any more."
        )
    if refused.key.startswith(GIVEN_BACK):
        require_still_bound(deal, refused)


def require_still_bound(deal: Deal, refused: PaymentInstruction) -> None:
    """A refund for pledged goods that go back is ordered again only while they are bound."""
    number = refused.key.removeprefix(GIVEN_BACK).partition("+")[0]
    found = Return.objects.get(number=number)
    pledge = pledge_of(deal)
    if found.status in OVER or pledge is None:
        raise Refused("return-over", "%(number)s is over.", number=found.number)
    goods: dict[UUID, int] = {}
    for line in found.lines.all():
        goods[line.sku_id] = goods.get(line.sku_id, 0) + line.quantity
    freeing.share_of(pledge, goods)


def unwind_when_quiet(deal: Deal, *, at: datetime) -> None:
    """Take a stopped loan back once no other payment of the deal is still with the bank.

    Loan and own share are on their way side by side: when one is refused, the other is waited for,
    so that it is known what has to go back. Every further answer comes by here again.
    """
    loan = loan_of(deal)
    if loan.status != LoanStatus.BANK_REJECTED or payments.has_open(deal.id):
        return
    stop(deal, actor=SYSTEM, reason=loan.stop_reason, at=at)


def stop(deal: Deal, *, actor: Actor, reason: str, at: datetime) -> None:
    """The lender's side ends a deal of which nothing is with the bank: what has moved goes back."""
    plan = lending.unwind(loan_of(deal), reason=reason, at=at)
    _call_off(deal, actor=actor, reason=reason, at=at)
    _take_back(deal, plan, at=at)


def _take_back(deal: Deal, plan: Unwinding, *, at: datetime) -> None:
    """Tell the bank what has to move for everybody to have what is theirs."""
    loan = loan_of(deal)
    if plan.from_seller:
        ask_refund(deal, plan.from_seller, key="", at=at)
    if plan.loan_back:
        instructing.pay(deal, Purpose.LOAN_BACK, loan.borrower, loan.lender, plan.loan_back, at=at)
    if plan.deposit_back:
        payer = loan.borrower if plan.from_supervised else loan.lender
        instructing.return_deposit(deal, plan.deposit_back, payer=payer, key="", at=at)
    if loan.unapplied and loan.deposit_booked_at is None:  # what had come of a deposit
        instructing.return_unapplied(deal, loan.unapplied, key="called-off", at=at)
    _end_if_cancelled(deal, at=at)


def ask_refund(deal: Deal, amount: int, *, key: str, at: datetime) -> None:
    """Order what the seller owes the lender, and tell it."""
    loan = loan_of(deal)
    instructing.pay(deal, Purpose.REFUND, loan.seller, loan.lender, amount, key=key, at=at)
    remember(deal, Step.REFUND_ASKED, key=key, actor=SYSTEM, at=at, amount=amount)
    tell(
        loan.seller,
        "refund-asked",
        {"number": number_of(deal), "amount": Money(amount)},
        link=deals.link(deal),
        at=at,
    )


def _call_off(deal: Deal, *, actor: Actor, reason: str, at: datetime) -> None:
    """The order falls with its financing: goods free, order cancelled, both sides told."""
    if deal.is_stock:
        _give_back_stock(deal, actor=actor, at=at)
        return
    order = order_of(deal)
    if order.status == OrderStatus.CANCELLED:
        return
    _free_goods_and_credit(deal, at=at)
    ordering.cancel(order, actor=SYSTEM, reason=reason, at=at, audience=parties(deal))
    remember(deal, Step.CANCELLED, actor=actor, at=at)
    for org in {deal.buyer, deal.seller}:
        tell(org, "order-cancelled", {"number": order.number}, link=deals.link(deal), at=at)
    _end_if_cancelled(deal, at=at)


def _give_back_stock(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """Nothing is lent against it: goods that were counted come free, others stay where they are."""
    if not remember(deal, Step.CANCELLED, actor=actor, at=at):
        return
    drop_announced(deal, at=at)
    releasing.release(deal, key="cancelled", at=at)
    valued_anew(deal, MarkCause.ENDED, at=at)
    for org in (deal.buyer, deal.lender):
        if org is not None:
            tell(org, "stock-called-off", {"number": deal.number}, link=deals.link(deal), at=at)
    _end_if_cancelled(deal, at=at)


def _free_goods_and_credit(deal: Deal, *, at: datetime) -> None:
    order = order_of(deal)
    give_back(order.id)
    skus = set(OrderLine.objects.filter(order=order).values_list("sku_id", flat=True))
    stock.void_reservations([reservation_of(order.id, sku) for sku in skus], at=at)
    if order.pay_by == PayBy.TERMS:
        posting.post(void=[terms_hold_of(order.id)], at=at)
    spending.called_off(order.id, at=at)


def _pay_back(order: Order, *, at: datetime) -> None:
    """What the buyer had paid by transfer, less what the seller struck and owes back since."""
    books.post(
        journals.order_refunded(
            seller=order.seller,
            buyer=order.buyer,
            order=order.id,
            amount=order.total - orders.struck(order.id),
        ),
        kind="order_refunded",
        key=f"order_refunded:{order.id}",
        subject=order.id,
        effective=day_of(at),
        currency=order.currency,
        at=at,
    )


def _end_if_cancelled(deal: Deal, *, at: datetime) -> None:
    """The order is off and no money is on its way any more."""
    over = (LoanStatus.CANCELLED, LoanStatus.DECLINED, LoanStatus.EXPIRED)
    loan = loan_of(deal)
    if deal.outcome != Outcome.OPEN or loan.status not in over or loan.unapplied:
        return
    pledge = pledge_of(deal)
    if pledge is not None and pledge.status == PledgeStatus.PROPOSED:
        binding.cancel(pledge, at=at)
    end(deal, Outcome.CANCELLED, at=at)


def _is_paying(loan: Loan) -> bool:
    """Whether a payment of the deal is with the bank now, so that nobody knows where it lies."""
    paying = (LoanStatus.DISBURSING, LoanStatus.PAYING_SELLER)
    return loan.status in paying or payments.has_open(loan.deal)
