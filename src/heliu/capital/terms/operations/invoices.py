"""Invoices: issued for what was sent, credited, disputed, written off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books.entries import Entry
from heliu.capital.books.journals import terms as journals
from heliu.capital.terms import policies
from heliu.capital.terms.events import InvoiceCredited, InvoiceIssued, InvoiceWrittenOff
from heliu.capital.terms.models import Invoice, InvoiceKind, Terms
from heliu.capital.terms.operations.common import as_event, locked_terms, require_open, say
from heliu.capital.terms.operations.stopping import review
from heliu.capital.terms.queries import ladder_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.money import Money
from heliu.kernel.numbering import next_number

CREDITED = {
    "terms_short": journals.terms_short,
    "terms_credited": journals.terms_credited,
    "terms_returned": journals.terms_returned,
    "interest_forgiven": journals.interest_forgiven,
}
AMOUNTS = ("paid", "credited", "discounted", "written_off", "disputed", "dispute")


def issue(
    terms: Terms,
    *,
    order: UUID,
    order_number: str,
    deal: UUID,
    key: str,
    amount: int,
    credit_hold: UUID,
    actor: Actor,
    at: datetime,
) -> list[Invoice]:
    """What was sent is owed from now on: held credit becomes claim and debt, under an invoice, or
    one for each instalment. What the buyer has paid too much before may settle it (`use_credit`).
    """
    parts = policies.instalments(terms, amount, day_of(at))
    invoices = [
        written(
            terms, InvoiceKind.GOODS, order, order_number, deal,
            key=key if place == 1 else f"{key}/{place}", amount=part.amount, due_on=part.due_on,
            part=place, parts=len(parts), on=day_of(at), at=at,
        )
        for place, part in enumerate(parts, 1)
    ]  # fmt: skip
    owed = journals.terms_delivered(
        seller=terms.seller, buyer=terms.buyer, amount=amount, credit_hold=credit_hold
    )
    books.post(
        owed, kind="terms_delivered", key=f"delivered:{key}", subject=order, effective=day_of(at),
        at=at,
    )  # fmt: skip
    for invoice in invoices:
        say(_issued(invoice), invoice, actor=actor, at=at)
    return invoices


def credit(
    invoice: Invoice, amount: int, *, key: str, kind: str, reason: str, actor: Actor, at: datetime
) -> None:
    """A part that is open is owed no more; `kind` says why, as its journal is called."""
    terms = locked_terms(invoice.seller, invoice.buyer, at=at)
    invoice.refresh_from_db()
    require_open(amount, invoice.left, invoice)
    entries = CREDITED[kind](seller=terms.seller, buyer=terms.buyer, amount=amount)
    take_off(invoice, terms, amount, entries, key=key, kind=kind, reason=reason, actor=actor, at=at)
    review(terms, actor=actor, at=at)


def take_off(
    invoice: Invoice,
    terms: Terms,
    amount: int,
    entries: Sequence[Entry],
    *,
    key: str,
    kind: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """So much of an invoice was never owed: its amounts, the books and a fact say so."""
    invoice.credited += amount
    invoice.disputed = min(invoice.disputed, invoice.left)
    keep(invoice, terms, day_of(at))
    books.post(
        entries, kind=kind, key=f"{kind}:{invoice.order_id}:{key}", subject=invoice.order_id,
        effective=day_of(at), at=at,
    )  # fmt: skip
    fact = InvoiceCredited(
        subject=invoice.id, number=invoice.number, amount=amount, left=invoice.left, reason=reason
    )
    say(fact, invoice, actor=actor, at=at)


def dispute(invoice: Invoice, amount: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """The buyer says that it does not owe a part; 0 ends it. It is owed all the same, but nobody
    is reminded of it and no order stops for it."""
    terms = locked_terms(invoice.seller, invoice.buyer, at=at)
    invoice.refresh_from_db()
    if not 0 <= amount <= invoice.left or invoice.settled_on:
        raise Refused(
            "more-than-open",
            "Only %(left)s is open on %(number)s.",
            field="amount",
            left=str(Money(invoice.left)),
            number=invoice.number,
        )
    if amount and not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    invoice.disputed, invoice.dispute = amount, reason.strip()[:200] if amount else ""
    keep(invoice, terms, day_of(at))
    review(terms, actor=actor, at=at)


def write_off(invoices: Iterable[Invoice], *, actor: Actor, at: datetime) -> int:
    """The seller gives up what is open on these of one buyer; returns how much it was.

    It is its loss, and the buyer's debt all the same.
    """
    events, lost, terms = [], 0, None
    for invoice in invoices:
        terms = locked_terms(invoice.seller, invoice.buyer, at=at)
        invoice.refresh_from_db()
        if not (left := invoice.left):
            continue
        invoice.written_off, invoice.disputed, lost = left, 0, lost + left
        keep(invoice, terms, day_of(at))
        ends = {"seller": terms.seller, "buyer": terms.buyer, "order": invoice.order_id}
        entries = journals.terms_written_off(**ends, amount=left)
        events.append(as_event("terms_written_off", invoice.id, invoice.order_id, entries, at))
        fact = InvoiceWrittenOff(subject=invoice.id, number=invoice.number, amount=left)
        say(fact, invoice, actor=actor, at=at)
    books.post_all(events, at=at)
    if terms is not None:
        review(terms, actor=actor, at=at)
    return lost


def keep(invoice: Invoice, terms: Terms, on: date) -> None:
    """Write down what an invoice's amounts make of it."""
    invoice.status = policies.status_of(invoice, on)
    is_settled = not invoice.left
    invoice.settled_on = (invoice.settled_on or on) if is_settled else None
    invoice.next_on = (
        None
        if is_settled
        else policies.next_look(
            ladder_of(terms.seller), invoice.due_on, invoice.reminded, terms.grace_days, on
        )
    )
    invoice.save(update_fields=[*AMOUNTS, "status", "settled_on", "reminded", "next_on"])


def written(
    terms: Terms,
    kind: InvoiceKind,
    order: UUID,
    order_number: str,
    deal: UUID,
    *,
    key: str,
    amount: int,
    on: date,
    at: datetime,
    due_on: date | None = None,
    part: int = 1,
    parts: int = 1,
) -> Invoice:
    """A new invoice under locked terms, for goods or for late interest, as they say of its days."""
    is_goods = kind == InvoiceKind.GOODS
    invoice = Invoice(
        number=next_number("IV", at),
        kind=kind,
        seller=terms.seller,
        buyer=terms.buyer,
        order_id=order,
        order_number=order_number,
        deal=deal,
        key=key,
        amount=amount,
        issued_on=on,
        due_on=due_on or policies.due_on(terms, on),
        part=part,
        parts=parts,
        late_rate=terms.late_rate if is_goods else Decimal(0),
    )
    if is_goods and terms.discount:
        invoice.discount = terms.discount
        invoice.discount_until = on + timedelta(days=terms.discount_days)
    ladder = ladder_of(terms.seller)
    invoice.next_on = policies.next_look(ladder, invoice.due_on, None, terms.grace_days, on)
    invoice.save(force_insert=True)
    return invoice


def _issued(invoice: Invoice) -> InvoiceIssued:
    return InvoiceIssued(
        subject=invoice.id, number=invoice.number, order=invoice.order_number,
        amount=invoice.amount, due_on=invoice.due_on,
    )  # fmt: skip
