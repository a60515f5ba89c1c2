"""Every write of trade credit: terms, invoices, payments, stops, the steps of the ladder.

Whoever calls has the doors of both sides open and their deals locked. What touches a buyer of a
seller begins with its locked terms, so that such writes go one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from heliu.capital.books import operations as books
from heliu.capital.books import policies as journals
from heliu.capital.books.policies import Event
from heliu.capital.terms import policies
from heliu.capital.terms.events import (
    InvoiceCredited,
    InvoiceIssued,
    InvoiceWrittenOff,
    OrdersPass,
    OrdersStopped,
    TermsPaymentNoted,
    TermsPaymentTakenBack,
)
from heliu.capital.terms.models import (
    Allocation,
    DueRule,
    DunningLevel,
    Invoice,
    InvoiceKind,
    LevelKind,
    Payment,
    Reminder,
    Stop,
    Terms,
)
from heliu.capital.terms.policies import Allotted, Late, Level
from heliu.capital.terms.queries import ladder_of, open_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.money import CURRENCY, Money, share
from heliu.kernel.numbering import next_number
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.queries import currency_of
from heliu.kernel.posting.operations import LimitShort

SYSTEM = Actor.system()
MOST_LEVELS = 12
MOST_PARTS = 12
CREDITED = {
    "terms_short": journals.terms_short,
    "terms_credited": journals.terms_credited,
    "terms_returned": journals.terms_returned,
    "interest_forgiven": journals.interest_forgiven,
}
AMOUNTS = ("paid", "credited", "discounted", "written_off", "disputed", "dispute")


@dataclass(frozen=True)
class Wanted:
    """What a seller grants; as the fields of `Terms` say it."""

    ceiling: int
    rule: str = DueRule.NET
    days: int = 30
    rolls: bool = True
    discount: Decimal = Decimal(0)
    discount_days: int = 0
    grace_days: int = 30
    tolerance: int = 0
    late_rate: Decimal = Decimal(0)
    part_days: tuple[int, ...] = ()
    part_shares: tuple[int, ...] = ()


def set_terms(
    *,
    seller: UUID,
    buyer: UUID,
    wanted: Wanted,
    by_rule: bool = False,
    actor: Actor,
    at: datetime,
) -> Terms:
    """What a buyer may owe from now on, and by when; invoices there are keep their days.

    Raises `Invalid` for what cannot be, `Refused` (ceiling-short) where more than the new ceiling
    is owed or ordered already.
    """
    _require(actor, seller)
    _check(wanted)
    _require_ours(seller, buyer, wanted)
    terms = locked(seller, buyer, actor=actor, at=at)
    try:
        books.trade_credit(seller=seller, buyer=buyer, limit=wanted.ceiling)
    except LimitShort as short:
        raise Refused(
            "ceiling-short",
            "%(over)s more than this is owed or ordered already.",
            field="ceiling",
            help="Name a higher ceiling, or wait for payments.",
            over=str(Money(short.short)),
        ) from None
    for name, value in asdict(wanted).items():
        setattr(terms, name, value)
    terms.by_rule, terms.set_by_name, terms.set_at = by_rule, actor.name, at
    terms.save()
    _look_again(terms, day_of(at))
    review(terms, actor=actor, at=at)
    return terms


def _require_ours(seller: UUID, buyer: UUID, wanted: Wanted) -> None:
    """Raises `Refused` for credit to a buyer that trades in another currency."""
    currency = currency_of(buyer=buyer, seller=seller)
    if wanted.ceiling and currency != CURRENCY:
        raise Refused(
            "currency-ours-alone",
            "Trade credit is in %(ours)s so far, and you trade with this buyer in %(currency)s.",
            field="ceiling",
            help="Let it pay by transfer.",
            ours=CURRENCY,
            currency=currency,
        )


def set_ladder(levels: Sequence[Level], *, seller: UUID, actor: Actor, at: datetime) -> None:
    """The seller's steps from now on; none at all: nobody is reminded."""
    _require(actor, seller)
    if len(levels) > MOST_LEVELS or len({one.days for one in levels}) < len(levels):
        raise Invalid(
            "ladder-invalid", "A ladder has at most 12 steps, each on a day of its own.",
            field="levels",
        )  # fmt: skip
    if any(not -30 <= one.days <= 365 or one.kind not in LevelKind.values for one in levels):
        raise Invalid(
            "ladder-invalid", "A step is from 30 days before to 365 days after the due day.",
            field="levels",
        )  # fmt: skip
    DunningLevel.objects.filter(seller=seller).delete()
    DunningLevel.objects.bulk_create(
        DunningLevel(seller=seller, days=one.days, kind=one.kind) for one in levels
    )
    Invoice.objects.filter(seller=seller, settled_on=None).update(next_on=day_of(at))


def locked(seller: UUID, buyer: UUID, *, actor: Actor = SYSTEM, at: datetime) -> Terms:
    """The terms of a pair, with other writes to them waiting; made when there are none yet."""
    Terms.objects.bulk_create(
        [Terms(seller=seller, buyer=buyer, set_by_name=actor.name, set_at=at)],
        ignore_conflicts=True,
    )
    return Terms.objects.select_for_update().get(seller=seller, buyer=buyer)


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
        _written(
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
        _say(_issued(invoice), invoice, actor=actor, at=at)
    return invoices


def credit(
    invoice: Invoice, amount: int, *, key: str, kind: str, reason: str, actor: Actor, at: datetime
) -> None:
    """A part that is open is owed no more; `kind` says why, as its journal is called."""
    terms = locked(invoice.seller, invoice.buyer, at=at)
    invoice.refresh_from_db()
    _within(amount, invoice.left, invoice)
    invoice.credited += amount
    invoice.disputed = min(invoice.disputed, invoice.left)
    keep(invoice, terms, day_of(at))
    books.post(
        CREDITED[kind](seller=terms.seller, buyer=terms.buyer, amount=amount),
        kind=kind, key=f"{kind}:{invoice.order_id}:{key}", subject=invoice.order_id,
        effective=day_of(at), at=at,
    )  # fmt: skip
    fact = InvoiceCredited(
        subject=invoice.id, number=invoice.number, amount=amount, left=invoice.left, reason=reason
    )
    _say(fact, invoice, actor=actor, at=at)
    review(terms, actor=actor, at=at)


def drop_claim(invoice: Invoice, amount: int, *, key: str, reason: str, at: datetime) -> None:
    """Goods of an invoice that was written off came short or were given back: so much of what was
    given up is owed no more, and was no loss."""
    terms = locked(invoice.seller, invoice.buyer, at=at)
    invoice.refresh_from_db()
    _within(amount, invoice.written_off, invoice)
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
    _say(fact, invoice, actor=SYSTEM, at=at)


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
    terms = locked(invoice.seller, invoice.buyer, at=at)
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
    _say(fact, invoice, actor=actor, at=at)


def dispute(invoice: Invoice, amount: int, *, reason: str, actor: Actor, at: datetime) -> None:
    """The buyer says that it does not owe a part; 0 ends it. It is owed all the same, but nobody
    is reminded of it and no order stops for it."""
    terms = locked(invoice.seller, invoice.buyer, at=at)
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
        terms = locked(invoice.seller, invoice.buyer, at=at)
        invoice.refresh_from_db()
        if not (left := invoice.left):
            continue
        invoice.written_off, invoice.disputed, lost = left, 0, lost + left
        keep(invoice, terms, day_of(at))
        ends = {"seller": terms.seller, "buyer": terms.buyer, "order": invoice.order_id}
        entries = journals.terms_written_off(**ends, amount=left)
        events.append(_event("terms_written_off", invoice.id, invoice.order_id, entries, at))
        fact = InvoiceWrittenOff(subject=invoice.id, number=invoice.number, amount=left)
        _say(fact, invoice, actor=actor, at=at)
    books.post_all(events, at=at)
    if terms is not None:
        review(terms, actor=actor, at=at)
    return lost


@dataclass(frozen=True)
class Paid:
    """A payment with what it settles; `is_new` is False when its key was known."""

    payment: Payment
    allocations: list[Allocation]
    is_new: bool = True

    @property
    def settled(self) -> list[Invoice]:
        """The invoices on which nothing is open any more."""
        return [one.invoice for one in self.allocations if one.invoice.settled_on]


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
    is over stays its credit. `key` makes a repeated call harmless.

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
    event = _event("terms_paid", payment.id, payment.id, entries, at, effective=value_day)
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
    """What was paid too much settles what is open, the oldest first."""
    left = Payment.objects.filter(
        seller=terms.seller, buyer=terms.buyer, taken_back_at=None, allocated__lt=F("amount")
    )
    used = []
    for payment in left.order_by("value_day", "noted_at", "id"):
        used += _allocate(terms, payment, (), events=[], at=at)
    return used


def take_back(payment: Payment, *, actor: Actor, at: datetime) -> list[Allocation]:
    """A payment that was written down by mistake counts no more; what it settled is owed again.

    Returns what of it settled something. Raises `LimitShort` where its credit was used again.
    """
    terms = locked(payment.seller, payment.buyer, at=at)
    payment.refresh_from_db()
    if payment.taken_back_at:
        return []
    allocations = list(payment.allocations.filter(undone_at=None).select_related("invoice"))
    ends = {"seller": terms.seller, "buyer": terms.buyer}
    back = journals.terms_paid_back(**ends, amount=payment.amount)
    events = [_event("terms_paid_back", payment.id, payment.id, back, at)]
    for one in allocations:
        one.invoice.paid -= one.amount
        one.invoice.discounted -= one.saved
        keep(one.invoice, terms, day_of(at))
        one.undone_at = at
        one.save(update_fields=["undone_at"])
        if one.saved:
            again = journals.terms_discount_back(**ends, amount=one.saved)
            events.append(_event("terms_discount_back", one.pk, one.invoice.order_id, again, at))
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


def stop_by_hand(terms: Terms, *, actor: Actor, at: datetime) -> None:
    """A person of the seller stops orders on terms, whatever is owed."""
    _require(actor, terms.seller)
    terms.passes_until = None
    _set_stop(terms, Stop.HAND, actor=actor, at=at)


def let_pass(terms: Terms, *, until: date, actor: Actor, at: datetime) -> None:
    """A person of the seller lets orders on terms pass until a day, although something is late."""
    _require(actor, terms.seller)
    terms.passes_until = until
    _set_stop(terms, "", actor=actor, at=at, until=until)


def bring_up(terms: Terms, *, at: datetime) -> Reminder | None:
    """Bring a pair's invoices up to today: late ones are, the ladder's next step is taken, orders
    stop or pass. Returns the step that was taken, one for all invoices it has come for; again, it
    changes nothing."""
    today, ladder = day_of(at), ladder_of(terms.seller)
    if terms.passes_until and terms.passes_until < today:
        terms.passes_until = None
        terms.save(update_fields=["passes_until"])
    due: list[tuple[Level, Invoice]] = []
    for invoice in _open(terms):
        asked = invoice.left - invoice.disputed
        level = policies.level_due(ladder, invoice.due_on, invoice.reminded, today)
        if level is not None and asked:
            due.append((level, invoice))
            invoice.reminded = level.days
        keep(invoice, terms, today)
    review(terms, actor=SYSTEM, at=at)
    if not due:
        return None
    level = max(level for level, _ in due)
    reminder, is_new = Reminder.objects.get_or_create(
        seller=terms.seller,
        buyer=terms.buyer,
        on=today,
        days=level.days,
        defaults={
            "kind": level.kind,
            "amount": sum(one.left - one.disputed for _, one in due),
            "invoices": len(due),
            "oldest_due": min(one.due_on for _, one in due),
        },
    )
    return reminder if is_new else None


def review(terms: Terms, *, actor: Actor, at: datetime) -> None:
    """Stop orders on terms, or let them pass, as what is late now says."""
    stopping = [one.days for one in ladder_of(terms.seller) if one.kind != LevelKind.REMIND]
    from_level = min(stopping, default=None)
    today = day_of(at)
    late = [
        Late(
            one.due_on,
            one.left - one.disputed,
            from_level is not None and one.reminded is not None and one.reminded >= from_level,
        )
        for one in _open(terms).filter(due_on__lt=today)
    ]
    if (stop := policies.stop_of(terms, late, today)) != terms.stop:
        _set_stop(terms, stop, actor=actor, at=at)


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


def _allocate(
    terms: Terms, payment: Payment, named: Sequence[UUID], *, events: list[Event], at: datetime
) -> list[Allocation]:
    """Give what is left of a payment to open invoices, with the journals that come of it."""
    open_ones = list(_open(terms))
    first = [one for pk in named for one in open_ones if one.pk == pk]
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
    payment.save(update_fields=["allocated"])
    ends = {"seller": terms.seller, "buyer": terms.buyer}
    for one in made:
        if one.discount:
            entries = journals.terms_discounted(**ends, amount=one.discount)
            events.append(_event("terms_discounted", one.pk, one.invoice.order_id, entries, at))
        if charged := _charge(terms, one, at):
            entries = journals.late_interest(**ends, amount=charged.amount)
            events.append(_event("late_interest", charged.id, charged.order_id, entries, at))
    books.post_all(events, at=at)
    return made


def _settle(
    terms: Terms, payment: Payment, invoice: Invoice, share: Allotted, at: datetime
) -> Allocation:
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
    return _written(
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


def _written(
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


def _open(terms: Terms) -> QuerySet[Invoice]:
    return open_of(Invoice.objects.filter(seller=terms.seller, buyer=terms.buyer))


def _look_again(terms: Terms, today: date) -> None:
    """Days of grace may have changed: the close of day looks at all that is open."""
    _open(terms).update(next_on=today)


def _set_stop(
    terms: Terms, stop: str, *, actor: Actor, at: datetime, until: date | None = None
) -> None:
    was, terms.stop = terms.stop, stop
    terms.stopped_on = day_of(at) if stop else None
    terms.save(update_fields=["stop", "stopped_on", "passes_until"])
    parties.stop_terms(buyer=terms.buyer, seller=terms.seller, reason=stop)
    if stop == was:
        return
    fact: Fact = (
        OrdersStopped(subject=terms.id, reason=stop)
        if stop
        else OrdersPass(subject=terms.id, until=until.isoformat() if until else "")
    )
    record(fact, actor=actor, at=at, audience=[terms.seller, terms.buyer])


def _event(
    kind: str, key: object, subject: UUID, entries: Sequence[journals.Entry], at: datetime,
    effective: date | None = None,
) -> Event:  # fmt: skip
    return Event(kind, f"{kind}:{key}", subject, effective or day_of(at), entries)


def _issued(invoice: Invoice) -> InvoiceIssued:
    return InvoiceIssued(
        subject=invoice.id, number=invoice.number, order=invoice.order_number,
        amount=invoice.amount, due_on=invoice.due_on,
    )  # fmt: skip


def _say(fact: Fact, invoice: Invoice, *, actor: Actor, at: datetime) -> None:
    record(fact, actor=actor, at=at, audience=[invoice.seller, invoice.buyer], deal=invoice.deal)


def _require(actor: Actor, seller: UUID) -> None:
    if actor.is_system:
        return
    actor.require("terms")
    if seller not in actor.orgs:
        raise Forbidden("not-your-terms", "Only the seller sets its terms.")


def _within(amount: int, left: int, invoice: Invoice) -> None:
    if amount <= 0:
        raise Invalid("amount-not-positive", "An amount above zero is needed.", field="amount")
    if amount > left:
        raise Refused(
            "more-than-open",
            "Only %(left)s is open on %(number)s.",
            field="amount",
            left=str(Money(left)),
            number=invoice.number,
        )


def _check_payment(amount: int, value_day: date, at: datetime) -> None:
    if amount <= 0:
        raise Invalid(
            "amount-not-positive", "A payment needs an amount above zero.", field="amount"
        )
    if value_day > day_of(at):
        raise Invalid("day-to-come", "This day has not come yet.", field="value_day")


def _check_parts(wanted: Wanted) -> None:
    """Instalments rise in days, make a whole of shares, and are counted from shipment or month's
    end: a day of the month has no second one."""
    days, shares = wanted.part_days, wanted.part_shares
    if not days and not shares:
        return
    is_sound = (
        len(days) == len(shares)
        and 2 <= len(days) <= MOST_PARTS
        and list(days) == sorted(set(days))
        and days[0] >= 0
        and days[-1] <= 365
        and min(shares) > 0
        and sum(shares) == 100
    )
    if not is_sound or wanted.rule == DueRule.DAY_OF_MONTH:
        raise Invalid(
            "instalments-invalid",
            "Instalments have rising days, after shipment or the month's end, and shares that make"
            " 100.",
            field="instalments",
        )


def _check(wanted: Wanted) -> None:
    if wanted.rule not in DueRule.values or not 0 <= wanted.days <= 365:
        raise Invalid("terms-invalid", "The days are from 0 to 365.", field="days")
    if wanted.rule == DueRule.DAY_OF_MONTH and not 1 <= wanted.days <= 28:
        raise Invalid("terms-invalid", "A day of the month is from 1 to 28.", field="days")
    _check_parts(wanted)
    if not 0 <= wanted.grace_days <= 365:
        raise Invalid("terms-invalid", "The days are from 0 to 365.", field="grace_days")
    if not 0 <= wanted.discount < 100 or not 0 <= wanted.late_rate <= 100:
        raise Invalid("terms-invalid", "A rate is from 0 to 100 per cent.", field="discount")
    if bool(wanted.discount) != bool(wanted.discount_days) or not 0 <= wanted.discount_days <= 365:
        raise Invalid(
            "terms-invalid", "A discount needs the days in which it is given.",
            field="discount_days",
        )  # fmt: skip
    if wanted.ceiling < 0 or wanted.tolerance < 0:
        raise Invalid("amount-negative", "An amount is not below zero.", field="ceiling")
