"""A transfer that the bank told by mistake, and takes back while its day may still change.

taken_back   what it was used for is undone where the product can: a payment on terms counts no
             more, a part of a deposit is missing again; what lay in suspense is withdrawn;
             said again by the bank, it is placed anew
let_go       what could not be undone (a deposit that is complete, money that is on its way
             back) stands until a person has settled it outside, and says so
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from heliu.capital.bank import incoming as arrivals
from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import AccountKind, Incoming, IncomingStatus
from heliu.capital.lending.models import Loan
from heliu.capital.terms.models import Payment
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.parties import queries as parties
from heliu.trade import paying_in, receivables, steps

SYSTEM = Actor.system()


def taken_back(came: Incoming, *, at: datetime) -> None:
    """The bank says a locked transfer no more. Its house is told, also where a person must act."""
    is_undone = _undo(came, at=at)
    if is_undone:
        arrivals.recall(came, at=at)
    else:
        arrivals.miss(came, at=at)
    tell_house(came, "money-withdrawn" if is_undone else "money-missing", at=at)


def tell_house(came: Incoming, kind: str, *, at: datetime) -> None:
    """Tell the house whose account a transfer reached, or left again, where it looks for it."""
    payer = parties.names([came.payer]).get(came.payer) if came.payer else None
    tell(
        came.org,
        kind,
        {
            "amount": Money(came.amount),
            "payer": payer or f"…{came.counterparty[-4:]}",
            "reference": came.reference,
        },
        link=suspense(came),
        at=at,
    )


def suspense(came: Incoming) -> str:
    """Where the house whose account a transfer reached looks for it."""
    is_lender = came.account.kind == AccountKind.NOSTRO
    return "/bank/suspense" if is_lender else "/seller/suspense"


def let_go(incoming_id: UUID, *, note: str, actor: Actor, at: datetime) -> Incoming:
    """A person of the house whose account it was has settled what the money had paid."""
    actor.require("sell" if actor.may("sell") else "override")
    found = bank.incoming_visible_to(actor).select_for_update().filter(pk=incoming_id).first()
    if found is None:
        raise NotFound()
    if not found.is_missing:
        raise Refused("not-missing", "The bank has not taken this back.")
    if not note.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="note")
    return arrivals.let_go(found, note, actor=actor, at=at)


def _undo(came: Incoming, *, at: datetime) -> bool:
    """Whether it pays nothing, or no longer."""
    if came.status == IncomingStatus.SUSPENSE:
        return True
    if came.account.kind == AccountKind.NOSTRO:
        loan = Loan.objects.filter(lender=came.org, number=came.note).first()
        return loan is None or paying_in.taken_back(steps.locked(loan.deal), came, at=at)
    begins = receivables.key_of(came.pk)
    payments = Payment.objects.filter(seller=came.org, key__startswith=begins, taken_back_at=None)
    for payment in payments:  # one at most: the others were taken back before
        try:
            with transaction.atomic():
                receivables.take_back(payment.pk, actor=SYSTEM, at=at)
        except Refused:  # its credit was used again
            return False
        came.refresh_from_db()
    return True
