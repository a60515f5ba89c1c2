"""Goods that came short or were given back after their invoice was paid or written off."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from heliu.capital.books.journals import terms as journals
from heliu.capital.terms.models import Invoice
from heliu.capital.terms.operations.common import SYSTEM, locked_terms, require_open
from heliu.capital.terms.operations.invoices import take_off
from heliu.kernel.access.actor import Actor
from heliu.kernel.money import share


class WentBack(NamedTuple):
    """Paid goods that came short or were given back; the discount that lapsed with them (fen)."""

    value: int
    discount: int


def give_back(
    invoice: Invoice, value: int, *, key: str, reason: str, actor: Actor, at: datetime
) -> WentBack:
    """Goods of an invoice, worth up to `value`, that were paid for came short or were given back,
    each once. The discount they were paid with is credited like what is not owed; the rest is for
    the seller to pay back."""
    terms = locked_terms(invoice.seller, invoice.buyer, at=at)
    invoice.refresh_from_db()
    left, lapsed = value, 0
    for one in invoice.allocations.filter(undone_at=None).order_by("pk"):
        if part := min(left, one.kept):
            off = share(part, Decimal(one.discount) / (one.amount + one.discount))
            lapses = one.saved if part == one.kept else min(off, one.saved)
            one.went_back, one.lapsed = one.went_back + part, one.lapsed + lapses
            one.save(update_fields=["went_back", "lapsed"])
            left, lapsed = left - part, lapsed + lapses
    if lapsed:
        invoice.discounted -= lapsed
        entries = journals.terms_discount_dropped(
            seller=terms.seller, buyer=terms.buyer, amount=lapsed
        )
        take_off(
            invoice, terms, lapsed, entries, key=key, kind="terms_discount_dropped", reason=reason,
            actor=actor, at=at,
        )  # fmt: skip
    return WentBack(value - left, lapsed)


def drop_claim(invoice: Invoice, amount: int, *, key: str, reason: str, at: datetime) -> None:
    """Goods of an invoice that was written off came short or were given back: so much of what was
    given up is owed no more, and was no loss."""
    terms = locked_terms(invoice.seller, invoice.buyer, at=at)
    invoice.refresh_from_db()
    require_open(amount, invoice.written_off, invoice)
    invoice.written_off -= amount
    entries = journals.terms_claim_dropped(
        seller=terms.seller, buyer=terms.buyer, order=invoice.order_id, amount=amount
    )
    take_off(
        invoice, terms, amount, entries, key=key, kind="terms_claim_dropped", reason=reason,
        actor=SYSTEM, at=at,
    )  # fmt: skip
