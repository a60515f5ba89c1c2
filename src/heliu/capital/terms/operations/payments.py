"""Payments: what a buyer paid, which invoices it settles, the interest on late ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from heliu.capital.books import operations as books
from heliu.capital.books.entries import Event
from heliu.capital.books.journals import terms as journals
from heliu.capital.terms import policies
from heliu.capital.terms.events import TermsPaymentNoted, TermsPaymentTakenBack
from heliu.capital.terms.models import Allocation, Invoice, InvoiceKind, Payment, Terms
from heliu.capital.terms.operations.common import as_event, locked_terms, open_invoices
from heliu.capital.terms.operations.invoices import credit, keep, written
from heliu.capital.terms.operations.stopping import review
from heliu.capital.terms.policies import Allotted
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.events.facts import record
from heliu.kernel.numbering import next_number
from heliu.kernel.posting.operations import LimitShort


@dataclass(frozen=True)
class Paid:
    """A payment with what it settles; `is_new` is False when its key was known."""

    payment: Payment
    allocations: list[Allocation]
    is_new: bool = True

    @property
    def settled(self) -> list[Invoice]:
        """The invoices on which nothing is open or written off any more."""
        return [one.invoice for one in self.allocations if one.invoice.is_paid_up]


def pay(
    terms: Terms,
    *,
    amount: int,
    value_day: date,
    reference: str,
    key: str,
    named: Sequence[UUID] = (),
    actor: Actor,
    at: datetime,
) -> Paid:
    """The buyer of the locked terms paid: first the invoices that are named, then the oldest; what
    is over recovers what was written off, and after that stays its credit. `key` makes a repeated
    call harmless.

    An invoice that is paid whole, and late, brings an invoice for its interest.
    """
    known = Payment.objects.filter(seller=terms.seller, key=key).first()
    if known is not None:
        settled = known.allocations.filter(undone_at=None).select_related("invoice")
        return Paid(known, list(settled), is_new=False)
    _check_payment(amount, value_day, at)
    payment = Payment.objects.create(
        number=next_number("TP", at),
        seller=terms.seller,
        buyer=terms.buyer,
        key=key,
        amount=amount,
        value_day=value_day,
        reference=reference.strip()[:140],
        noted_by_name=actor.name,
        noted_at=at,
    )
    entries = journals.terms_paid(seller=terms.seller, buyer=terms.buyer, amount=amount)
    event = as_event("terms_paid", payment.id, payment.id, entries, at, effective=value_day)
    allocations = _allocate(terms, payment, named, events=[event], at=at)
    if payment.left:
        allocations += use_credit(terms, at=at)
        payment.refresh_from_db()
    fact = TermsPaymentNoted(
        subject=payment.id, number=payment.number, amount=amount, allocated=payment.allocated,
        value_day=value_day,
    )  # fmt: skip
    record(fact, actor=actor, at=at, audience=[terms.seller, terms.buyer])
    review(terms, actor=actor, at=at)
    return Paid(payment, allocations)


def use_credit(terms: Terms, *, at: datetime) -> list[Allocation]:
    """What was paid too much settles what is open, the oldest first. Where it would bring interest
    that the trade credit has no room for, it waits as credit until there is room."""
    left = Payment.objects.filter(
        seller=terms.seller, buyer=terms.buyer, taken_back_at=None, allocated__lt=F("amount")
    )
    used = []
    for payment in left.order_by("value_day", "noted_at", "id"):
        with suppress(LimitShort), transaction.atomic():
            used += _allocate(terms, payment, (), events=[], at=at)
    return used


def take_back(payment: Payment, *, actor: Actor, at: datetime) -> list[Allocation]:
    """A payment that was written down by mistake counts no more; what it settled is owed again.

    Returns what of it settled something. Raises `LimitShort` where its credit was used again.
    """
    terms = locked_terms(payment.seller, payment.buyer, at=at)
    payment.refresh_from_db()
    if payment.taken_back_at:
        return []
    allocations = list(payment.allocations.filter(undone_at=None).select_related("invoice"))
    ends = {"seller": terms.seller, "buyer": terms.buyer}
    back = journals.terms_paid_back(**ends, amount=payment.amount)
    events = [as_event("terms_paid_back", payment.id, payment.id, back, at)]
    met: dict[UUID, Invoice] = {}  # several parts of one payment may have settled one invoice
    for one in allocations:
        one.invoice = met.setdefault(one.invoice_id, one.invoice)
        one.invoice.paid -= one.amount
        if one.is_recovery:
            one.invoice.written_off += one.amount
            events.append(_as_recovery("terms_recovery_back", one, at))
        one.invoice.discounted -= one.saved
        keep(one.invoice, terms, day_of(at))
        one.undone_at = at
        one.save(update_fields=["undone_at"])
        if one.saved:
            again = journals.terms_discount_back(**ends, amount=one.saved)
            events.append(as_event("terms_discount_back", one.pk, one.invoice.order_id, again, at))
    payment.allocated, payment.taken_back_at = 0, at
    payment.taken_back_by_name = actor.name
    payment.save(update_fields=["allocated", "taken_back_at", "taken_back_by_name"])
    books.post_all(events, at=at)
    for one in allocations:
        _forgive_interest(one.invoice, payment, actor=actor, at=at)
    fact = TermsPaymentTakenBack(subject=payment.id, number=payment.number, amount=payment.amount)
    record(fact, actor=actor, at=at, audience=[terms.seller, terms.buyer])
    review(terms, actor=actor, at=at)
    return allocations


def _allocate(
    terms: Terms, payment: Payment, named: Sequence[UUID], *, events: list[Event], at: datetime
) -> list[Allocation]:
    """Give what is left of a payment to open invoices, with the journals that come of it."""
    open_ones = list(open_invoices(terms))
    first = [one for pk in dict.fromkeys(named) for one in open_ones if one.pk == pk]
    others = [one for one in open_ones if one not in first]
    on = payment.value_day
    shares = policies.allot(payment.left, first, on=on, named=True)
    rest = payment.left - sum(one.amount for one in shares)
    shares += policies.allot(rest, others, on=on)
    made = [
        _settle(terms, payment, invoice, share, at)
        for invoice, share in zip([*first, *others], shares, strict=True)
        if share.amount
    ]
    payment.allocated += sum(one.amount for one in made)
    recovered = _recover(terms, payment, at)
    payment.allocated += sum(one.amount for one in recovered)
    payment.save(update_fields=["allocated"])
    ends = {"seller": terms.seller, "buyer": terms.buyer}
    for one in made:
        if one.discount:
            entries = journals.terms_discounted(**ends, amount=one.discount)
            events.append(as_event("terms_discounted", one.pk, one.invoice.order_id, entries, at))
        if charged := _charge(terms, one, at):
            entries = journals.late_interest(**ends, amount=charged.amount)
            events.append(as_event("late_interest", charged.id, charged.order_id, entries, at))
    events += [_as_recovery("terms_recovered", one, at) for one in recovered]
    books.post_all(events, at=at)
    return made + recovered


def _recover(terms: Terms, payment: Payment, at: datetime) -> list[Allocation]:
    """What is left of a payment goes to what the seller gave up, the oldest first: the buyer owes
    it all the same."""
    if not payment.left:
        return []
    given_up = Invoice.objects.filter(
        seller=terms.seller, buyer=terms.buyer, written_off__gt=0
    ).order_by("due_on", "issued_on", "number")
    made, left = [], payment.left
    for invoice in given_up:
        if part := min(left, invoice.written_off):
            left -= part
            invoice.written_off -= part
            made.append(_settle(terms, payment, invoice, Allotted(part, 0), at, is_recovery=True))
    return made


RECOVERIES = {
    "terms_recovered": journals.terms_recovered,
    "terms_recovery_back": journals.terms_recovery_back,
}


def _as_recovery(kind: str, one: Allocation, at: datetime) -> Event:
    order = one.invoice.order_id
    entries = RECOVERIES[kind](seller=one.seller, buyer=one.buyer, order=order, amount=one.amount)
    return as_event(kind, one.pk, order, entries, at)


def _settle(
    terms: Terms, payment: Payment, invoice: Invoice, share: Allotted, at: datetime,
    *, is_recovery: bool = False,
) -> Allocation:  # fmt: skip
    invoice.paid += share.amount
    invoice.discounted += share.discount
    invoice.disputed = min(invoice.disputed, invoice.left)
    keep(invoice, terms, day_of(at))
    return Allocation.objects.create(
        payment=payment,
        invoice=invoice,
        seller=terms.seller,
        buyer=terms.buyer,
        amount=share.amount,
        discount=share.discount,
        is_recovery=is_recovery,
        value_day=payment.value_day,
        at=at,
    )


def _charge(terms: Terms, made: Allocation, at: datetime) -> Invoice | None:
    """The invoice for the interest on one that is paid whole now, and was late."""
    invoice = made.invoice
    if not invoice.settled_on or not invoice.late_rate:
        return None
    settled = F("amount") + F("discount") - F("lapsed")
    payments = list(invoice.allocations.filter(undone_at=None).values_list("value_day", settled))
    # What was credited was never owed.
    payments.append((invoice.issued_on, invoice.credited))
    until = max(day for day, _ in payments)
    prefix = f"interest:{invoice.id}:"
    before = Invoice.objects.filter(key__startswith=prefix)
    charged = before.aggregate(sum=Sum(F("amount") - F("credited")))["sum"] or 0
    amount = policies.late_interest(invoice, payments, until) - charged
    if amount <= 0:
        return None
    return written(
        terms, InvoiceKind.INTEREST, invoice.order_id, invoice.order_number, invoice.deal,
        key=f"{prefix}{made.pk}", amount=amount, on=day_of(at), at=at,
    )  # fmt: skip


def _forgive_interest(invoice: Invoice, payment: Payment, *, actor: Actor, at: datetime) -> None:
    """Interest that was reckoned to a payment which counts no more is owed no more."""
    keys = [f"interest:{invoice.id}:{one.pk}" for one in payment.allocations.all()]
    for note in Invoice.objects.filter(key__in=keys, settled_on=None):
        credit(
            note, note.left, key=str(note.id), kind="interest_forgiven", reason=payment.number,
            actor=actor, at=at,
        )  # fmt: skip


def _check_payment(amount: int, value_day: date, at: datetime) -> None:
    if amount <= 0:
        raise Invalid(
            "amount-not-positive", "A payment needs an amount above zero.", field="amount"
        )
    if value_day > day_of(at):
        raise Invalid("day-to-come", "This day has not come yet.", field="value_day")
