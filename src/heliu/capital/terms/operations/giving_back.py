"""Goods that came short or were given back after their invoice was paid or written off."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from heliu.capital.books import operations as books
from heliu.capital.books import policies as journals
from heliu.capital.terms.events import InvoiceCredited
from heliu.capital.terms.models import Invoice, Terms
from heliu.capital.terms.operations.common import SYSTEM, locked_terms, require_open, say
from heliu.capital.terms.operations.invoices import keep
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
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
        _drop_discount(invoice, terms, lapsed, key=key, reason=reason, actor=actor, at=at)
    return WentBack(value - left, lapsed)


def drop_claim(invoice: Invoice, amount: int, *, key: str, reason: str, at: datetime) -> None:
    """Goods of an invoice that was written off came short or were given back: so much of what was
    given up is owed no more, and was no loss."""
    terms = locked_terms(invoice.seller, invoice.buyer, at=at)
    invoice.refresh_from_db()
    require_open(amount, invoice.written_off, invoice)
    invoice.written_off -= amount
    invoice.credited += amount
    keep(invoice, terms, day_of(at))
    entries = journals.terms_claim_dropped(
        seller=terms.seller, buyer=terms.buyer, order=invoice.order_id, amount=amount
    )
    books.post(
        entries, kind="terms_claim_dropped", key=f"terms_claim_dropped:{invoice.order_id}:{key}",
        subject=invoice.order_id, effective=day_of(at), at=at,
    )  # fmt: skip
    fact = InvoiceCredited(
        subject=invoice.id, number=invoice.number, amount=amount, left=invoice.left, reason=reason
    )
    say(fact, invoice, actor=SYSTEM, at=at)


def _drop_discount(
    invoice: Invoice,
    terms: Terms,
    amount: int,
    *,
    key: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    invoice.discounted -= amount
    invoice.credited += amount
    keep(invoice, terms, day_of(at))
    entries = journals.terms_discount_dropped(seller=terms.seller, buyer=terms.buyer, amount=amount)
    books.post(
        entries, kind="terms_discount_dropped",
        key=f"terms_discount_dropped:{invoice.order_id}:{key}", subject=invoice.order_id,
        effective=day_of(at), at=at,
    )  # fmt: skip
    fact = InvoiceCredited(
        subject=invoice.id, number=invoice.number, amount=amount, left=invoice.left, reason=reason
    )
    say(fact, invoice, actor=actor, at=at)
