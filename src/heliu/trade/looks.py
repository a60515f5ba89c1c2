"""What of a deal is whose, when people of another house open it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.audit.models import What
from heliu.kernel.audit.operations import saw
from heliu.kernel.audit.policies import is_kept
from heliu.trade import deals
from heliu.trade.models import Invoice


def at_deal(actor: Actor, deal: Any, *, at: datetime) -> None:
    """Somebody opened a deal: it is its buyer's, its seller's and its lender's."""
    owners = (deal.buyer, deal.seller, deal.lender)
    saw(actor, What.DEAL, about=deal.number, owners=owners, at=at)


def at_credit_file(actor: Actor, deal: Any, *, at: datetime) -> None:
    """Somebody opened the credit file of a deal's buyer."""
    saw(actor, What.CREDIT_FILE, about=deal.number, owners=(deal.buyer,), at=at)


def at_loan_paper(actor: Actor, loan: Any, deal: str, *, paper: str, at: datetime) -> None:
    """Somebody opened a paper of a loan: it is its borrower's."""
    saw(actor, What.PAPER, about=deal, paper=paper, owners=(loan.borrower,), at=at)


def at_receipt(actor: Actor, receipt: Any, deal: str, *, at: datetime) -> None:
    """Somebody opened a warehouse receipt: it is that of the goods' owner."""
    saw(actor, What.PAPER, about=deal, paper=receipt.number, owners=(receipt.owner,), at=at)


def at_file(actor: Actor, file: Any, *, at: datetime) -> None:
    """Somebody opened a file: the paper of an invoice is its buyer's and its seller's."""
    invoice = is_kept(actor) and Invoice.objects.filter(pk=file.subject).first()
    if invoice:
        saw(
            actor,
            What.PAPER,
            about=deals.get(actor, invoice.deal_id).number,
            paper=invoice.number,
            owners=(invoice.buyer, invoice.seller),
            at=at,
        )


def at_party(actor: Actor, party: Any, *, at: datetime) -> None:
    """Somebody opened what is kept about a house."""
    saw(actor, What.PARTY, about=party.code, owners=(party.id,), at=at)


def at_statement(actor: Actor, borrower: UUID, month: str, *, at: datetime) -> None:
    """Somebody drew up the statement of a dealer's loans for a month."""
    saw(actor, What.PAPER, about="", paper=month, owners=(borrower,), at=at)
