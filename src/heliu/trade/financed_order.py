"""The story of the pledged order, from signature to close, top to bottom.

    sign             the dealer signs, where its house wants it by two; its deposit is called in
    deposit_booked   the bank has it (or the dealer pays it in itself: `paying_in`)
    finance          the register names nobody else (`registration`) and nothing speaks against
                     the order (`controls`): pay out the loan, move the own share if it is one
    disbursed        the loan lies in the supervised account
    own_share_moved  the deposit too; when all that is due does, the seller is paid
    seller_paid      the seller has its money: the order is confirmed, the goods may leave
                     (a bill instead of a loan is accepted with the deposit, and that is all)
    goods_received   (in deliveries) the keeper counts, what is good is pledged
    repay            the dealer orders a repayment, wholly or in part
    repaid           the money came: the matching goods are released, the notice goes out, and what
                     was paid too much is ordered back, with the margin of a loan that is repaid
    set_off_margin   instead, the dealer lets the margin pay the last of it
    pay_bill         the due day of a bill: its holder is paid, the margin is set off, what it does
                     not reach for is a loan that is late
    picked_up        (in deliveries) the code was used at the gate
    close            nothing is owed to anybody and nothing lies there

The bank's answers come in through `bank_answers`; what goes wrong is told in `side_exits`. Each
step is one transaction and remembered once, so a doubled or late message does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from heliu.capital.bank import operations as bank
from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.credit.models import DepositBy, Instrument
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.capital.lending.operations import Replayed
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import OrderStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.approvals.policies import Act
from heliu.kernel.clock import day_of
from heliu.kernel.consent.operations import disclose
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import operations as pledges
from heliu.logistics.pledges.models import PledgeStatus
from heliu.trade import controls, deals, registration, releasing, sales, shortfall, spending
from heliu.trade.asking import ask_others
from heliu.trade.models import BUY_BACK, DUTY, GIVEN_BACK, Deal, Outcome, Step
from heliu.trade.paperwork import (
    complete_order,
    has_all_goods,
    keeper_of,
    loan_of,
    number_of,
    order_of,
    pledge_of,
)
from heliu.trade.pick_ups import tell_pick_up
from heliu.trade.pool_marks import valued_anew
from heliu.trade.pool_models import MarkCause
from heliu.trade.pools import drop_announced
from heliu.trade.reckoned import remember_reckoned
from heliu.trade.repayment import earned_by, require_running
from heliu.trade.steps import count, end, is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
SIGN = Act("sign", agreed_by=("sign",))


def sign(
    deal_id: UUID, *, actor: Actor, agreement_digest: str, consent: bool, at: datetime
) -> Loan:
    """The dealer signs the agreement it was shown and lets the bank read its trade.

    The bank is told to collect the deposit. Where the dealer's house has a rule for loans of this
    size, the loan waits QUOTED for the second signature (`approvals.vote`), which must come before
    the quote runs out. Raises `Invalid` without consent, `Refused` when the quote has run out or
    another text was shown than is signed.
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
        lending.require_signable(loan, actor=actor, agreement_digest=agreement_digest, at=at)
        if not approvals.is_needed(SIGN, org=loan.borrower, amount=loan.principal):
            return signed(deal, actor=actor, at=at)
        reason = _("I have signed the agreement.")
        ask_others(
            SIGN, deal, org=loan.borrower, amount=loan.principal, actor=actor, reason=reason, at=at
        )
    return loan


def countersigned(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """The last of those who must has signed the agreement of the locked deal."""
    signed(deal, actor=actor, before=asked_for.signers_before(deal.id, SIGN.name, actor), at=at)


def signed(deal: Deal, *, actor: Actor, at: datetime, before: Sequence[str] = ()) -> Loan:
    """The dealer has signed: the bank may read its trade, a pledge is proposed, and the deposit is
    called in."""
    loan = loan_of(deal)
    is_paid_in = loan.deposit_by == DepositBy.PAID_IN
    loan = lending.sign(
        loan,
        actor=actor,
        agreement_digest=loan.agreement_digest,
        before=before,
        at=at,
        pay_into=payments.own_number(loan.lender) if is_paid_in else "",
    )
    disclose(actor=actor, to=loan.lender, text_digest=loan.agreement_digest, at=at)
    pledge = pledges.propose(
        deal=deal.id,
        loan=loan.id,
        pledgor=loan.borrower,
        pledgee=loan.lender,
        custodian=keeper_of(deal),
        actor=actor,
        at=at,
    )
    deal.pledge_id = pledge.id
    deal.save(update_fields=["pledge_id"])
    remember(deal, Step.SIGNED, actor=actor, at=at, digest=loan.agreement_digest)
    registration.search(deal, loan, actor=actor, at=at)
    if deal.is_stock:  # no deposit: the borrower brings its goods
        wake(deal.id)
        return loan
    controls.ask_early(deal, loan, at=at)
    if is_paid_in:
        tell_where_to_pay(deal, loan, at=at)
    else:
        pay(deal, Purpose.DEPOSIT, loan.borrower, loan.lender, loan.due_now, actor=actor, at=at)
    wake(deal.id)
    return loan


def tell_where_to_pay(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """What is missing of a deposit that the dealer pays in itself, where to, and until when."""
    assert loan.deposit_until is not None
    tell(
        deal.buyer,
        "deposit-wanted",
        {
            "number": number_of(deal),
            "amount": Money(loan.deposit_missing),
            "account": loan.pay_into,
            "loan": loan.number,
            "day": loan.deposit_until.isoformat(),
        },
        link=deals.link(deal),
        at=at,
    )


def deposit_booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The bank has taken the deposit in."""
    if not is_done(deal, Step.DEPOSIT_BOOKED):
        loan = lending.deposit_booked(
            loan_of(deal), amount=instruction.amount, effective=instruction.booked_on, at=at
        )
        deposit_is_there(deal, loan, amount=instruction.amount, at=at)


def deposit_is_there(deal: Deal, loan: Loan, *, amount: int, at: datetime) -> None:
    """The bank holds the deposit; the loan or the bill follows when the goods are clear."""
    remember(deal, Step.DEPOSIT_BOOKED, actor=SYSTEM, at=at, amount=amount)
    if loan.instrument == Instrument.LOAN:
        _earmark(deal, loan, at=at)
    registration.search_anew(deal, loan, at=at)
    finance(deal, at=at)


def _earmark(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """Name, once and for all, where the order's money may go from the supervised account."""
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


def finance(deal: Deal, *, at: datetime) -> None:
    """The deposit is there, nobody else has a claim and nothing speaks against the order: the bank
    pays out the loan, or accepts the bill. Whichever comes last goes on with the deal."""
    loan = loan_of(deal)
    if loan.status != LoanStatus.FUNDED_SHARE or not registration.is_clear(deal):
        return
    if not controls.are_clear(deal, loan, at=at):
        return
    do = accept_bill if loan.instrument == Instrument.ACCEPTANCE_BILL else pay_out
    do(deal, loan, at=at)


def accept_bill(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The lender accepts a bill of the order for the seller, which may ship against it. No money
    moves, so nothing is told to the bank's payments."""
    if not remember(
        deal, Step.BILL_ACCEPTED, actor=SYSTEM, at=at, bill=loan.bill, amount=loan.principal
    ):
        return
    loan = lending.bill_accepted(loan, effective=day_of(at), at=at)
    said = {"bill": loan.bill, "due": loan.due_on.isoformat()}
    _let_go(deal, loan, "bill-accepted", said, at=at)


def pay_out(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The loan is paid out, and beside it the own share, unless the deposit is a margin that
    stays."""
    lending.disbursing(loan, at=at)
    pay(deal, Purpose.DISBURSEMENT, loan.lender, loan.borrower, loan.principal, at=at)
    if loan.own_share:
        pay(deal, Purpose.OWN_SHARE, loan.lender, loan.borrower, loan.own_share, at=at)


def disbursed(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The loan lies in the dealer's supervised account; interest runs since the bank booked it."""
    if not remember(deal, Step.DISBURSED, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    booked_on = instruction.booked_on or day_of(at)
    loan = lending.disbursed(loan_of(deal), effective=booked_on, at=at)
    _pay_seller(deal, loan, at=at)


def own_share_moved(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The deposit lies beside the loan."""
    if not remember(deal, Step.OWN_SHARE_MOVED, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    loan = lending.own_share_moved(loan_of(deal), at=at)
    _pay_seller(deal, loan, at=at)


def seller_paid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The seller has its money: the order is confirmed and the goods may leave."""
    if not remember(deal, Step.SELLER_PAID, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    _let_go(deal, lending.seller_paid(loan_of(deal), at=at), "seller-paid", {}, at=at)


def _let_go(deal: Deal, loan: Loan, kind: str, said: dict[str, str], *, at: datetime) -> None:
    """The order confirms itself and the seller is told that the goods may leave."""
    order = order_of(deal)
    if loan.ship_days is not None:
        deal.ship_by = day_of(at) + timedelta(days=loan.ship_days)
        deal.save(update_fields=["ship_by"])
    if order.status == OrderStatus.PLACED:
        ordering.confirm(order, actor=SYSTEM, at=at, audience=parties(deal))
        spending.confirmed(order.pk, at=at)
        remember(deal, Step.CONFIRMED, actor=SYSTEM, at=at)
    tell(
        deal.seller,
        kind,
        {
            "amount": Money(loan.order_total),
            "number": order.number,
            "warehouse": names([order.warehouse])[order.warehouse],
            **said,
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
        if not loan.claim_left:  # what was written off is still owed
            require_running(loan)
        if sales.is_open(deal):
            raise Refused(
                "goods-being-sold",
                "The bank has sold goods of %(number)s and waits for the money.",
                number=loan.number,
                help="Try again when it is there, or when the sale is called off.",
            )
        if _is_seller_paying(deal, loan):
            raise _seller_is_paying(loan)
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


def _seller_is_paying(loan: Loan) -> Refused:
    return Refused(
        "seller-is-paying",
        "The seller is just paying for the goods of %(number)s.",
        number=loan.number,
        help="Try again when the bank has booked it, or refused it.",
    )


def _is_seller_paying(deal: Deal, loan: Loan) -> bool:
    """Whether the seller's money for pledged goods, or by its duty, is on its way: what the dealer
    pays meanwhile could come first, and free the goods or leave too much."""
    if loan.status == LoanStatus.ENFORCING:
        return payments.has_open(deal.id)
    return payments.has_open_refund(deal.id, keys=(GIVEN_BACK, DUTY))


def repaid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The money came: it pays what is owed, and the goods it has earned are released at once."""
    key = str(instruction.pk)
    if is_done(deal, Step.REPAID, key=key):
        return
    loan = loan_of(deal)
    returning, was_repaid = loan.deposit_back, loan.status == LoanStatus.REPAID
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
        {"amount": Money(instruction.amount), "number": number_of(deal)},
        link=deals.link(deal),
        at=at,
    )
    if result.allocation.unapplied:
        return_unapplied(deal, result.allocation.unapplied, key=key, at=at)
    if replayed := result.replayed:
        remember_reckoned(deal, loan, replayed, was_repaid=was_repaid, actor=SYSTEM, at=at)
        return_more(deal, replayed, at=at)
    go_on_after(deal, loan, returning=returning, key=key, at=at)


def pay_bill(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The due day of a bill has come: the bank is told to pay its holder. Once, however often it is
    said; a refused payment the lender orders again."""
    pay(deal, Purpose.BILL_PAYMENT, loan.lender, loan.seller, loan.principal, at=at)
    wake(deal.id)


def bill_paid(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The holder has its money: the margin pays the lender for it, as far as it reaches."""
    if not remember(deal, Step.BILL_PAID, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    booked_on = instruction.booked_on or day_of(at)
    loan = lending.bill_paid(loan_of(deal), effective=booked_on, at=at)
    set_off(deal, loan, actor=SYSTEM, at=at)


def set_off_margin(deal_id: UUID, *, actor: Actor, at: datetime) -> Loan:
    """The dealer lets the margin that the lender keeps pay all that is still owed; what is left of
    it comes back. Refused while it does not reach so far; done again, it changes nothing."""
    actor.require("pay")
    deal = deals.get(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        if is_done(deal, Step.MARGIN_SET_OFF):
            return loan
        owed = lending.owed(loan, day_of(at)).total
        if loan.status not in RUNNING or loan.is_promised or not loan.margin:
            raise Refused(
                "nothing-to-set-off",
                "There is no margin to be set off on %(number)s now.",
                number=loan.number,
            )
        margin = lending.margin_on(loan, day_of(at))
        if owed > margin:
            raise Refused(
                "margin-too-small",
                "The margin is %(missing)s less than what is owed.",
                help="Repay at least as much first.",
                missing=Money(owed - margin),
            )
        set_off(deal, loan, actor=actor, at=at)
    wake(deal.id)
    return loan


def set_off(deal: Deal, loan: Loan, *, actor: Actor, at: datetime) -> None:
    """The margin of a locked deal pays what is owed, as far as it reaches."""
    returning, key = loan.deposit_back, "margin"
    paid = lending.set_off_margin(loan, key=key, effective=day_of(at), actor=actor, at=at)
    if paid is None:
        return
    remember(
        deal,
        Step.MARGIN_SET_OFF,
        actor=actor,
        at=at,
        amount=paid.allocation.total,
        principal=paid.allocation.principal,
    )
    go_on_after(deal, loan, returning=returning, key=key, at=at)


def go_on_after(deal: Deal, loan: Loan, *, returning: int, key: str, at: datetime) -> None:
    """What a payment leads to: the margin that is free goes back (`returning` was on its way before
    it), goods come free, and the deal may be over."""
    if back := loan.deposit_back - returning:
        return_deposit(deal, back, payer=loan.lender, key=key, at=at)
    if loan.status in (LoanStatus.REPAID, LoanStatus.CLOSED):
        approvals.overtaken(deal.id, at=at)
    release(deal, key=key, at=at)
    valued_anew(deal, MarkCause.REPAID, at=at)
    close_if_done(deal, at=at)


def release(deal: Deal, *, key: str, at: datetime, is_agreed: bool = False) -> None:
    """Set free what the repaid share of the loan has earned, in whole units, oldest first.

    The order goes to the keeper, the one-time code to the dealer, in the same transaction. A large
    release waits until the lender's people agreed (`releasing`).
    """
    pledge, loan = pledge_of(deal), loan_of(deal)
    if pledge is not None:
        shortfall.look(deal, loan, pledge, at=at)
    earned = earned_by(loan, pledge)
    if pledge is None or earned is None:
        return
    if not is_agreed and not releasing.may_leave(deal, loan, pledge, at=at):
        return
    freed = pledges.release(
        pledge,
        entitlement_value=earned.value,
        all_of_it=earned.all_of_it,
        key=key,
        actor=SYSTEM,
        at=at,
        is_last=has_all_goods(deal),
    )
    if freed is None or not freed.is_new:
        return
    lending.goods_released(loan, amount=freed.value, key=str(freed.release_order.id), at=at)
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
    tell_pick_up(deal, pledge, freed, to=deal.buyer, number=number_of(deal), at=at)


def release_agreed(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """The last of those at the lender who must has agreed to a large release of the locked deal."""
    if not releasing.waiting_value(deal):
        raise releasing.nothing_waits(deal)
    if _is_seller_paying(deal, loan_of(deal)):
        raise _seller_is_paying(loan_of(deal))
    approval = asked_for.agreed(deal.id, releasing.RELEASE.name)
    release(deal, key=str(approval.pk), is_agreed=True, at=at)
    close_if_done(deal, at=at)


def close_if_done(deal: Deal, *, at: datetime) -> None:
    """Nothing is owed to anybody and nothing lies there any more: the deal is over."""
    loan, pledge = loan_of(deal), pledge_of(deal)
    if loan.status != LoanStatus.REPAID or not has_all_goods(deal):
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
    drop_announced(deal, at=at)
    complete_order(deal, at=at)
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


def return_deposit(deal: Deal, amount: int, *, payer: UUID, key: str, at: datetime) -> None:
    """Order back to the dealer what is its own of the deposit, from where it lies."""
    pay(deal, Purpose.DEPOSIT_BACK, payer, deal.buyer, amount, key=key, at=at)


def return_unapplied(deal: Deal, amount: int, *, key: str, at: datetime) -> None:
    """Order back to the dealer what a payment brought too much, once for each payment."""
    loan = loan_of(deal)
    pay(deal, Purpose.UNAPPLIED_BACK, loan.lender, loan.borrower, amount, key=key, at=at)
    tell(
        deal.buyer,
        "refund-asked",
        {"number": number_of(deal), "amount": Money(amount)},
        link=deals.link(deal),
        at=at,
    )


def return_more(deal: Deal, done: Replayed, *, at: datetime) -> None:
    """Order back what a replay found earlier payments to have brought too much."""
    for key, more in done.overpaid.items():
        return_unapplied(deal, more, key=f"{key}:{done.replay.number}", at=at)


def _pay_seller(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The order's money lies in the supervised account, the own share too: pay the named seller."""
    is_complete = not loan.own_share or is_done(deal, Step.OWN_SHARE_MOVED)
    if not (is_complete and is_done(deal, Step.DISBURSED)):
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
