"""The papers of a deal that a side may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.capital.lending.events import LoanRepaid
from heliu.portal.deal.sides import Side
from heliu.portal.deal.tellings import pieces


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper's name, a word on its state, and where it can be read."""

    label: str
    note: str = ""
    href: str = ""


def papers_for(side: Side, view: Any) -> list[Paper]:
    """Agreement, warehouse receipts, pledge, release orders: as far as this side sees them."""
    deal, loan, pledge = view.deal, view.loan, view.pledge
    papers = []
    if loan is not None and loan.agreement_digest and side in ("buyer", "lender"):
        note = (
            _("signed by %(name)s") % {"name": loan.signed_by_name}
            if loan.signed_at
            else _("to be signed")
        )
        papers.append(
            Paper(
                _("Loan agreement %(number)s") % {"number": loan.number},
                note,
                reverse("deal_agreement", args=[deal.number]),
            )
        )
        papers += _of_account(view)
    papers += [
        Paper(
            _("Warehouse receipt %(number)s") % {"number": receipt.number},
            receipt.get_status_display(),
            reverse("deal_receipt", args=[deal.number, receipt.number]),
        )
        for receipt in view.receipts
    ]
    if pledge is not None and pledge.activated_at:
        papers.append(
            Paper(
                _("Pledge %(number)s") % {"number": pledge.number},
                pledge.get_status_display(),
            )
        )
    papers += [
        Paper(
            _("Release order %(number)s") % {"number": one.number},
            f"{pieces(one.quantity)}, {one.get_status_display()}",
        )
        for one in view.releases
    ]
    return papers


def _of_account(view: Any) -> list[Paper]:
    """The loan's statement and a receipt for each payment, which are PDFs."""
    if view.loan.disbursed_on is None:
        return []
    number = view.deal.number
    paid = [fact for fact in view.facts if fact.name == LoanRepaid.name]
    receipts = [
        Paper(
            _("Receipt of payment %(number)s") % {"number": f"{view.loan.number}-R{place}"},
            "PDF",
            reverse("deal_payment_pdf", args=[number, place]),
        )
        for place, _fact in enumerate(paid, 1)
    ]
    statement = Paper(_("Account statement"), "PDF", reverse("deal_statement_pdf", args=[number]))
    return [statement, *receipts]
