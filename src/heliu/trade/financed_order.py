"""The story of the pledged order, from signature to close, top to bottom.

    sign             the dealer signs; its deposit is called in
    deposit_booked   the bank has it
    pay_out          and the register names nobody else (`registration`): pay out the loan, move
                     the own share
    disbursed        the loan lies in the supervised account
    own_share_moved  the deposit too; when both do, the seller is paid
    seller_paid      the seller has its money: the order is confirmed, the goods may leave
    goods_received   (in deliveries) the keeper counts, what is good is pledged
    repay            the dealer orders a repayment, wholly or in part
    repaid           the money came: the matching goods are released, the notice goes out, and what
                     was paid too much is ordered back
    picked_up        (in deliveries) the code was used at the gate
    close            nothing is owed to anybody and nothing lies there

The bank's answers come in through `bank_answers`; what goes wrong is told in `side_exits`. Each
step is one transaction and remembered once, so a doubled or late message does nothing.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from heliu.capital.bank import operations as bank
from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import OrderStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.consent.operations import disclose
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import operations as pledges
from heliu.logistics.pledges.models import PledgeStatus
from heliu.trade import deals, registration
from heliu.trade.models import BUY_BACK, Deal, Outcome, Step
from heliu.trade.paperwork import loan_of, order_of, pledge_of
from heliu.trade.steps import count, end, is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()


def sign(
    deal_id: UUID, *, actor: Actor, agreement_digest: str, consent: bool, at: datetime
) -> Loan:
    """The dealer signs the agreement it was shown and lets the bank read its trade.

    The bank is told to collect the deposit. Raises `Invalid` without consent, `Refused` when the
    quote has run out or another text was shown than is signed.
    """
    actor.require("sign")
    if not consent:
        raise Invalid(
            "consent-missing",
            "The bank needs your consent to read your trade on this platform.",
            field="consent",
            help="Tick the consent, or pay by transfer.",
        )
    deal = deals.get(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        if is_done(deal, Step.SIGNED):
            return loan
        loan = lending.sign(loan, actor=actor, agreement_digest=agreement_digest, at=at)
        disclose(actor=actor, to=loan.lender, text_digest=agreement_digest, at=at)
        pledge = pledges.propose(
            deal=deal.id,
            loan=loan.id,
            pledgor=loan.borrower,
            pledgee=loan.lender,
            custodian=order_of(deal).warehouse,
            actor=actor,
            at=at,
        )
        deal.pledge_id = pledge.id
        deal.save(update_fields=["pledge_id"])
        remember(deal, Step.SIGNED, actor=actor, at=at, digest=agreement_digest)
        registration.search(deal, loan, actor=actor, at=at)
        pay(deal, Purpose.DEPOSIT, loan.borrower, loan.lender, loan.deposit, actor=actor, at=at)
    wake(deal.id)
    return loan


def deposit_booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The bank holds the deposit: earmark the money; the loan follows when the goods are clear."""
    if not remember(deal, Step.DEPOSIT_BOOKED, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    loan = lending.deposit_booked(loan_of(deal), amount=instruction.amount, at=at)
    bank.open_supervised(dealer=loan.borrower, lender=loan.lender, actor=SYSTEM, at=at)
    bank.earmark(
        deal=deal.id,
        order=deal.order_id,
        dealer=loan.borrower,
        seller=loan.seller,
        lender=loan.lender,
        amount=loan.order_total,
        at=at,
    )
    registration.search_anew(deal, loan, at=at)
    pay_out(deal, at=at)


def pay_out(deal: Deal, *, at: datetime) -> None:
    """The deposit is there and nobody else has a claim: pay out the loan beside the own share.

    Whichever comes last, deposit or answer of the registry, goes on with the deal.
    """
    loan = loan_of(deal)
    if loan.status != LoanStatus.FUNDED_SHARE or not registration.is_clear(deal):
        return
    lending.disbursing(loan, at=at)
    pay(deal, Purpose.DISBURSEMENT, loan.lender, loan.borrower, loan.principal, at=at)
    pay(deal, Purpose.OWN_SHARE, loan.lender, loan.borrower, loan.deposit, at=at)


def disbursed(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The loan lies in the dealer's supervised account; interest runs since the bank booked it."""
    if not remember(deal, Step.DISBURSED, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    booked_on = instruction.booked_on or day_of(at)
    lending.disbursed(loan_of(deal), effective=booked_on, at=at)
    _pay_seller(deal, at=at)


def own_share_moved(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The deposit lies beside the loan."""
    if not remember(deal, Step.OWN_SHARE_MOVED, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    lending.own_share_moved(loan_of(deal), at=at)
    _pay_seller(deal, at=at)


def seller_paid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller has its money: the order is confirmed and the goods may leave."""
    if not remember(deal, Step.SELLER_PAID, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    loan = lending.seller_paid(loan_of(deal), at=at)
    order = order_of(deal)
    if order.status == OrderStatus.PLACED:
        ordering.confirm(order, actor=SYSTEM, at=at, audience=parties(deal))
        remember(deal, Step.CONFIRMED, actor=SYSTEM, at=at)
    tell(
        deal.seller,
        "seller-paid",
        {
            "amount": Money(loan.order_total),
            "number": order.number,
            "warehouse": names([order.warehouse])[order.warehouse],
        },
        link=deals.link(deal),
        at=at,
    )


def repay(
    deal_id: UUID,
    *,
    actor: Actor,
    key: str,
    at: datetime,
    amount: int | None = None,
    percent: Decimal | None = None,
) -> PaymentInstruction:
    """The dealer orders a repayment from its own account: an amount in minor units, or a percent
    of the loan (with the interest and fees that fall due before it; 100 means all that is owed).

    The goods come free when the bank has booked it. `key` makes a repeated call harmless.
    """
    actor.require("pay")
    deal = deals.get(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        known = payments.written(deal.id, Purpose.REPAYMENT, key)
        if known is not None and amount in (None, known.amount):
            return known
        loan = loan_of(deal)
        if loan.status not in RUNNING:
            raise Refused(
                "not-to-repay",
                "Nothing can be repaid on %(number)s now.",
                number=loan.number,
                help="A loan is repaid once the seller was paid and until nothing is owed.",
            )
        if loan.status == LoanStatus.ENFORCING and payments.has_open(deal.id):
            raise Refused(
                "seller-is-paying",
                "The seller is just paying for the goods of %(number)s.",
                number=loan.number,
                help="Try again when the bank has booked it, or refused it.",
            )
        if amount is None:
            amount = lending.amount_for(loan, percent or Decimal(100), on=day_of(at))
        if amount <= 0:
            raise Invalid(
                "amount-not-positive", "A repayment needs an amount above zero.", field="amount"
            )
        instruction = pay(
            deal,
            Purpose.REPAYMENT,
            loan.borrower,
            loan.lender,
            amount,
            key=key,
            actor=actor,
            at=at,
        )
        remember(deal, Step.REPAYMENT_ASKED, key=key, actor=actor, at=at, amount=amount)
    wake(deal.id)
    return instruction


def repaid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The money came: it pays what is owed, and the goods it has earned are released at once."""
    key = str(instruction.pk)
    if is_done(deal, Step.REPAID, key=key):
        return
    loan = loan_of(deal)
    # Of value on the day the bank booked it, however late we heard of it.
    result = lending.repaid(
        loan,
        amount=instruction.amount,
        key=key,
        effective=instruction.booked_on or day_of(at),
        at=at,
    )
    remember(
        deal,
        Step.REPAID,
        key=key,
        actor=SYSTEM,
        at=at,
        amount=instruction.amount,
        principal=result.allocation.principal,
        interest=result.allocation.interest,
        penalty=result.allocation.penalty,
        fee=result.allocation.fee,
        unapplied=result.allocation.unapplied,
    )
    tell(
        deal.buyer,
        "repaid",
        {"amount": Money(instruction.amount), "number": order_of(deal).number},
        link=deals.link(deal),
        at=at,
    )
    if result.allocation.unapplied:
        _return_unapplied(deal, result.allocation.unapplied, key=key, at=at)
    if result.closed:
        approvals.overtaken(deal.id, at=at)
    release(deal, key=key, at=at)
    close_if_done(deal, at=at)


def release(deal: Deal, *, key: str, at: datetime) -> None:
    """Set free what the repaid share of the loan has earned, in whole units, oldest first.

    The order goes to the keeper, the one-time code to the dealer, in the same transaction.
    """
    pledge = pledge_of(deal)
    if pledge is None or pledge.status not in (PledgeStatus.ACTIVE, PledgeStatus.PARTLY_RELEASED):
        return
    loan = loan_of(deal)
    if loan.status == LoanStatus.ENFORCING:  # then goods come free when all is paid, not by parts
        return
    freed = pledges.release(
        pledge,
        entitlement_value=lending.entitlement_of(loan, pledge.pledged_value),
        all_of_it=loan.status in (LoanStatus.REPAID, LoanStatus.CLOSED),
        key=key,
        actor=SYSTEM,
        at=at,
        is_last=order_of(deal).status == OrderStatus.RECEIVED,
    )
    if freed is None or not freed.is_new:
        return
    lending.goods_released(loan, amount=freed.value, key=str(freed.release_order.id), at=at)
    order = order_of(deal)
    remember(
        deal,
        Step.RELEASED,
        key=key,
        actor=SYSTEM,
        at=at,
        release=freed.release_order.number,
        notice=freed.release_order.notice_number,
        quantity=freed.quantity,
        value=freed.value,
    )
    tell(
        deal.buyer,
        "goods-released",
        {"quantity": str(freed.quantity), "number": order.number, "code": freed.code},
        link=deals.link(deal),
        at=at,
    )
    tell(
        pledge.custodian,
        "release-ordered",
        {"quantity": str(freed.quantity), "pledge": pledge.number},
        link=deals.link(deal),
        at=at,
    )


def close_if_done(deal: Deal, *, at: datetime) -> None:
    """Nothing is owed to anybody and nothing lies there any more: the deal is over."""
    loan, pledge, order = loan_of(deal), pledge_of(deal), order_of(deal)
    if loan.status != LoanStatus.REPAID or order.status != OrderStatus.RECEIVED:
        return
    if pledge is None or is_owed_back(deal, loan):
        return
    pledge = pledges.finish(pledge, actor=SYSTEM, at=at)
    # Cancelled: not one piece arrived that could be pledged.
    if pledge.status not in (PledgeStatus.CLOSED, PledgeStatus.CANCELLED):
        return
    if not remember(deal, Step.CLOSED, actor=SYSTEM, at=at):
        return
    lending.close(loan, at=at)
    ordering.complete(order, actor=SYSTEM, at=at, audience=parties(deal))
    end(deal, Outcome.CLOSED, at=at)
    for org in parties(deal):
        tell(org, "deal-closed", {"number": deal.number}, link=deals.link(deal), at=at)


def is_owed_back(deal: Deal, loan: Loan) -> bool:
    """Whether money of the dealer is still with the lender, the seller or on its way.

    What the seller was to pay for goods of a dealer in default is owed no more once the dealer has
    paid for them itself.
    """
    if loan.unapplied or loan.deposit_back or payments.has_open(deal.id):
        return True
    asked, came = count(deal, Step.REFUND_ASKED), count(deal, Step.REFUNDED)
    asked -= is_done(deal, Step.REFUND_ASKED, key=BUY_BACK)
    came -= count(deal, Step.GOODS_GIVEN_UP)
    return asked > came


def _return_unapplied(deal: Deal, amount: int, *, key: str, at: datetime) -> None:
    """Order back to the dealer what a repayment brought too much, once for each repayment."""
    loan = loan_of(deal)
    pay(deal, Purpose.UNAPPLIED_BACK, loan.lender, loan.borrower, amount, key=key, at=at)
    tell(
        deal.buyer,
        "refund-asked",
        {"number": order_of(deal).number, "amount": Money(amount)},
        link=deals.link(deal),
        at=at,
    )


def _pay_seller(deal: Deal, *, at: datetime) -> None:
    """Loan and own share both lie in the supervised account: pay the named seller."""
    if not (is_done(deal, Step.DISBURSED) and is_done(deal, Step.OWN_SHARE_MOVED)):
        return
    loan = lending.paying_seller(loan_of(deal), at=at)
    pay(deal, Purpose.SELLER_PAYMENT, loan.borrower, loan.seller, loan.order_total, at=at)


def pay(
    deal: Deal,
    purpose: Purpose,
    payer: UUID,
    payee: UUID,
    amount: int,
    *,
    at: datetime,
    key: str = "",
    actor: Actor = SYSTEM,
) -> PaymentInstruction:
    """Write an instruction of the deal; the worker hands it to the bank after the commit."""
    if deal.lender is None:
        raise ValueError(f"{deal} has no bank")
    return bank.instruct(
        deal=deal.id,
        purpose=purpose,
        payer=payer,
        payee=payee,
        lender=deal.lender,
        amount=amount,
        key=key,
        actor=actor,
        at=at,
    )
