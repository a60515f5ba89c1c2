"""The dealer signs: the bank may read its trade, a pledge is proposed, the deposit called in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import Purpose
from heliu.capital.credit.models import DepositBy
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.approvals.policies import Act
from heliu.kernel.consent.operations import disclose
from heliu.kernel.errors import Invalid
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.logistics.pledges.operations import binding
from heliu.trade import controls, deals, registration
from heliu.trade.asking import ask_others
from heliu.trade.financed_order.instructing import pay
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import keeper_of, loan_of, number_of
from heliu.trade.steps import is_done, locked, parties, remember
from heliu.trade.wake import wake

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
    pledge = binding.propose(
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
