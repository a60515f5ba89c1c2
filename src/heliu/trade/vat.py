"""VAT invoices of consignments: written when the seller says so or as goods leave, issued by the
tax authority, and taken back by red letters where less is owed in the end.

    invoice     the seller writes one for a consignment
    shipped     ... by itself, where its house wants that
    red_due     what came short, was given back or credited is taken back of what was issued
    returned    ... where goods are given back later
    again       one that was refused goes once more
    take_back   the seller takes back a part by hand: a return, a price cut
    run         the worker hands over what is written and hears the answers

An invoice is over what left, less what was counted short before it was written. What is taken back
waits until the invoice has its number, so nothing is lost whichever comes first.

With its number an invoice splits the books: what is tax of the sale is the seller's output tax, and
of a special invoice the buyer's input tax. A red letter takes back its part of both. One that was
issued when the books did not know of tax splits them afterwards, on a day that is open
(`split_late`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.utils.translation import gettext_noop as N_

from heliu.capital.books import operations as books
from heliu.capital.books.chart import Code
from heliu.capital.books.journals import vat as journals
from heliu.capital.terms import queries as terms
from heliu.capital.vat import operations as vat
from heliu.capital.vat import queries
from heliu.capital.vat.models import TaxHouse, VatInvoice, VatKind, VatStatus
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.returns import queries as returns
from heliu.commerce.returns.models import Return
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import CURRENCY
from heliu.kernel.posting.models import Journal
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.models import ReceivingLine
from heliu.trade import deals
from heliu.trade.currencies import require_ours
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.paperwork import order_of
from heliu.trade.steps import locked, parties

SYSTEM = Actor.system()
MOST = 200
SHORT_KEY = 38  # beside the id of an invoice, in a key of 80
# An account of a book is named `book:<house>:<code>:…` (`capital/books/policies.Place`).
BOOKS_AND_PAPERS = f"""
with booked as (
    select j.key,
           sum(l.amount) filter (where split_part(a.key, ':', 3) = '{Code.OUTPUT_TAX}') as tax
      from posting_journal j
      join posting_line l on l.journal_id = j.id
      join posting_account a on a.id = l.account_id
     where j.kind in ('vat_invoiced', 'vat_taken_back')
     group by j.key),
papers as (
    select 'vat:' || i.id as key, i.tax, i.order_number
      from vat_vatinvoice i where i.status = 'ISSUED' and i.tax <> 0)
select coalesce(p.order_number, b.key)
  from papers p full join booked b on b.key = p.key
 where b.tax is distinct from -p.tax
 order by 1 limit 20"""
AT_BUYER, QUEUE = "/dealer/vat", "/seller/vat"


@dataclass(frozen=True)
class ToInvoice:
    """A consignment without a VAT invoice; `value` is its price with tax, in fen. It can be written
    once its buyer has given a title (`is_titled`)."""

    shipment: Shipment
    order: Order
    value: int
    is_titled: bool


def invoice(shipment_id: UUID, *, actor: Actor, at: datetime) -> VatInvoice:
    """The seller writes the VAT invoice of a consignment; again, it is the one that is there."""
    actor.require("sell")
    shipment = transport.visible_to(actor).filter(pk=shipment_id).first()
    if shipment is None or shipment.sender not in actor.orgs:
        raise NotFound()
    deal = deals.of_order(actor, shipment.order_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        return _written(order_of(deal), shipment, actor=actor, at=at)


def shipped(order: Order, shipment: Shipment, *, actor: Actor, at: datetime) -> None:
    """Goods leave: where the seller's house wants it and nothing is missing, their invoice is
    written at once. What is missing does not hold goods up; the consignment stands in the queue."""
    if not TaxHouse.objects.filter(org=order.seller, is_auto=True).exists():
        return
    try:
        _written(order, shipment, actor=actor, at=at)
    except Refused:
        return


def red_due(deal: Deal, shipment: UUID, *, at: datetime) -> None:
    """Take back of a consignment's issued invoice what came short since, what was given back, and
    credit notes. Again, it does nothing. For steps of a story."""
    blue = queries.of_keys([str(shipment)]).get(str(shipment))
    if blue is None or blue.status != VatStatus.ISSUED:
        return
    lost = _lost(shipment, since=blue.asked_at)
    if lost:
        prices = _prices(lost)
        parts = {line: (n, n * prices[line]) for line, n in lost.items() if prices[line]}
        parts = _parts(blue, parts)  # a credit note may have taken some of it back before
        _red(blue, parts, reason="short", key=f"short:{shipment}", actor=SYSTEM, at=at)
    bills = terms.of_order(blue.order_id).filter(key__startswith=str(shipment))
    if numbers := list(bills.values_list("number", flat=True)):
        notes = DealStep.objects.filter(
            deal=deal, step=Step.TERMS_CREDITED, data__invoice__in=numbers
        )
        for note in notes.order_by("pk"):
            _discount(blue, note.data["amount"], note.data["reason"], f"note:{note.pk}", at)
    _given_back(blue, at)


def returned(order_id: UUID, *, at: datetime) -> None:
    """Goods of an order were given back, or kept for less: what was issued for them is taken back.
    For steps of a story."""
    for blue in _blues(order_id):
        _given_back(blue, at)


def take_back(
    invoice_id: UUID,
    parts: Mapping[int, tuple[int, int]],
    *,
    reason: str,
    key: str,
    actor: Actor,
    at: datetime,
) -> VatInvoice:
    """The seller takes back a part of an issued invoice: order line -> (quantity, fen).

    It is the paper alone: what is owed changes by a credit note (`receivables.credit_note`), which
    brings its red letter by itself. For returns of goods that were paid.
    """
    actor.require("sell")
    blue = queries.get(actor, invoice_id)
    if blue.seller not in actor.orgs:
        raise Forbidden("not-your-invoice", "Only the seller issues it.")
    with widened([blue.seller, blue.buyer]):
        return vat.red_letter(
            blue, parts, reason=reason, key=_back_key(blue, key), actor=actor, at=at
        )


def _back_key(blue: VatInvoice, key: str) -> str:
    """The key of what a seller takes back by hand. A long one is kept by its digest: cut off, two
    that begin alike would be one."""
    said = key if len(key) <= SHORT_KEY else str(uuid5(blue.pk, key))
    return f"back:{blue.pk}:{said}"


def again(invoice_id: UUID, *, actor: Actor, at: datetime) -> VatInvoice:
    """A refused one goes to the authority once more, with the tax data of now."""
    found = queries.get(actor, invoice_id)
    with widened([found.seller, found.buyer]):
        return vat.again(found, actor=actor, at=at)


def to_invoice(actor: Actor) -> list[ToInvoice]:
    """The seller's consignments of the last time that have no VAT invoice, oldest first."""
    sent = transport.visible_to(actor).filter(sender=actor.own_org).order_by("-dispatched_at")
    found = list(sent[:MOST])
    done = queries.of_keys(str(one.pk) for one in found)
    open_ = [one for one in found if str(one.pk) not in done]
    ours = Order.objects.filter(currency=CURRENCY).only("number", "buyer")
    orders = ours.in_bulk({one.order_id for one in open_})
    values = _values(one.pk for one in open_)
    buyers = {order.buyer for order in orders.values()}
    with widened([actor.own_org, *buyers]):
        titled = queries.given(buyers)
    rows = [
        ToInvoice(
            one,
            orders[one.order_id],
            values[one.pk],
            orders[one.order_id].buyer in titled,
        )
        for one in reversed(open_)
        if one.order_id in orders
    ]
    return [row for row in rows if row.value]


def _values(shipments: Iterable[UUID]) -> Counter[UUID]:
    """What the goods of consignments cost with tax (fen), by consignment."""
    lines = transport.lines_of(shipments)
    prices = _prices({order_line for _, order_line, _ in lines})
    values: Counter[UUID] = Counter()
    for shipment, order_line, quantity in lines:
        values[shipment] += quantity * prices[order_line]
    return values


def run(*, at: datetime) -> int:
    """The worker: hand over what is written, and do what an answer brings."""
    answered = vat.hand_over(at=at, told=lambda one: _told(one, at))
    split_late(at=at)
    return answered


def split_late(*, at: datetime, most: int = MOST) -> int:
    """Invoices that were issued and have not split the books do so today: the months of their sales
    may be closed, so the tax leaves the sales by a journal of its own. Again, it does nothing."""
    with transaction.atomic():
        found = queries.to_split().select_for_update(skip_locked=True)
        late = list(found.order_by("issued_at", "pk")[:most])
        keys = {_split_key(one): one for one in late}
        booked = Journal.objects.filter(key__in=keys).values_list("key", "effective")
        for key, effective in booked:
            vat.note_split(keys.pop(key), effective)
        for one in keys.values():
            _split(one, at)
    return len(late)


def check() -> list[str]:
    """Where books and papers differ: an issued invoice whose tax is not the output tax of its
    journal, and a journal that no issued invoice stands for."""
    with connection.cursor() as cursor:
        cursor.execute(BOOKS_AND_PAPERS)
        return [f"books and VAT papers differ: {name}" for (name,) in cursor.fetchall()]


def _told(one: VatInvoice, at: datetime) -> None:
    """An answer came: the buyer is told of a number, the seller of a no."""
    # Locked before the books: who counts or credits goods just now holds the deal, and has either
    # seen this answer, or is seen here.
    deal = locked(Deal.objects.get(order_id=one.order_id).pk)
    if one.status == VatStatus.REFUSED:
        told = {"number": one.order_number, "reason": one.trouble}
        tell(one.seller, "vat-refused", told, link=QUEUE, at=at)
        return
    _split(one, at)
    told = {"invoice": one.number, "number": one.order_number}
    tell(one.buyer, "vat-red" if one.is_red else "vat-issued", told, link=deals.link(deal), at=at)
    if not one.is_red:
        red_due(deal, UUID(one.key), at=at)


def _split(one: VatInvoice, at: datetime) -> None:
    """What is tax of an issued invoice leaves the seller's sales, and the cost of the buyer's goods
    where it may deduct it; a red letter takes it back."""
    if not one.tax:
        return
    journal = journals.vat_taken_back if one.is_red else journals.vat_invoiced
    books.post(
        journal(
            seller=one.seller, buyer=one.buyer, tax=abs(one.tax),
            is_special=one.kind == VatKind.SPECIAL,
        ),
        kind=journal.__name__,
        key=_split_key(one),
        subject=one.order_id,
        effective=day_of(at),
        at=at,
    )  # fmt: skip
    vat.note_split(one, day_of(at))


def _split_key(one: VatInvoice) -> str:
    return f"vat:{one.pk}"


def _blues(order_id: UUID) -> list[VatInvoice]:
    """The issued invoices of an order, the oldest first."""
    found = queries.visible_to(SYSTEM).filter(
        order_id=order_id, red_of=None, status=VatStatus.ISSUED
    )
    return list(found.order_by("asked_at", "pk"))


def _given_back(blue: VatInvoice, at: datetime) -> None:
    """Take back what settled returns credited of goods on this invoice, and no other of the order's
    invoices has taken back: a line may have gone in several consignments."""
    for found in returns.credited_of(blue.order_id):
        keys = {one.pk: f"return:{found.pk}:{one.pk}" for one in _blues(blue.order_id)}
        reds = queries.of_keys(keys.values())
        if keys[blue.pk] in reds:
            continue
        left = _credited(found)
        for red in reds.values():
            for line in red.lines.all():
                quantity, gross = left[line.order_line]
                left[line.order_line] = (quantity + line.quantity, gross + line.gross)
        blue.refresh_from_db()
        parts = _parts(blue, left)
        _red(blue, parts, reason=found.reason, key=keys[blue.pk], actor=SYSTEM, at=at)


def _credited(found: Return) -> dict[int, tuple[int, int]]:
    """What a return credited, by order line: how many pieces (0: kept for less) and fen."""
    lines = list(found.lines.order_by("position"))
    if found.goes_back:
        return {line.order_line: (line.accepted, line.accepted * line.unit_price) for line in lines}
    shares = spread(found.credited, [line.quantity * line.unit_price for line in lines])
    return {line.order_line: (0, n) for line, n in zip(lines, shares, strict=True)}


def _parts(blue: VatInvoice, left: Mapping[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """What of this the invoice can bear: order line -> (pieces, fen)."""
    parts = {}
    for line in blue.lines.all():
        quantity, gross = left.get(line.order_line, (0, 0))
        part = min(gross, line.gross - line.red_gross)
        if part > 0:
            parts[line.order_line] = (min(quantity, line.quantity), part)
    return parts


def _written(order: Order, shipment: Shipment, *, actor: Actor, at: datetime) -> VatInvoice:
    require_ours(order, N_("What is sold in %(currency)s has no VAT paper here."))
    lost = _lost(shipment.pk)
    sent = {line.order_line: line.quantity for line in shipment.lines.all()}
    lines = OrderLine.objects.filter(pk__in=sent).select_related("sku__unit").order_by("position")
    wanted = [
        vat.Wanted(line.pk, line.sku, left, left * line.unit_price)
        for line in lines
        if (left := sent[line.pk] - lost.get(line.pk, 0))
    ]
    return vat.write(
        seller=order.seller, buyer=order.buyer, order=order.pk, order_number=order.number,
        key=str(shipment.pk), wanted=wanted, on=day_of(shipment.dispatched_at),
        actor=actor, at=at,
    )  # fmt: skip


def _lost(shipment: UUID, since: datetime | None = None) -> dict[int, int]:
    """What was counted short or damaged of a consignment, after a moment where one is given."""
    lines = ReceivingLine.objects.filter(receiving__shipment=shipment)
    if since is not None:
        lines = lines.filter(receiving__counted_at__gt=since)
    found = lines.values_list("order_line", "damaged", "missing")
    return {line: damaged + missing for line, damaged, missing in found if damaged + missing}


def _prices(lines: Iterable[int]) -> dict[int, int]:
    return dict(OrderLine.objects.filter(pk__in=list(lines)).values_list("pk", "unit_price"))


def _discount(blue: VatInvoice, amount: int, reason: str, key: str, at: datetime) -> None:
    """A credit note over no goods in particular goes over the lines, by what is left of each."""
    blue.refresh_from_db()
    lines = list(blue.lines.order_by("position"))
    shares = spread(amount, [line.gross - line.red_gross for line in lines])
    parts = {line.order_line: (0, n) for line, n in zip(lines, shares, strict=True) if n}
    _red(blue, parts, reason=reason, key=key, actor=SYSTEM, at=at)


def _red(
    blue: VatInvoice,
    parts: Mapping[int, tuple[int, int]],
    *,
    reason: str,
    key: str,
    actor: Actor,
    at: datetime,
) -> None:
    if parts and not queries.of_keys([key]):
        vat.red_letter(blue, parts, reason=reason, key=key, actor=actor, at=at)


def spread(amount: int, lefts: Sequence[int]) -> list[int]:
    """An amount over lines, by what is left of each and never more than that; to the fen."""
    whole = sum(lefts)
    amount = min(amount, whole)
    shares, given, seen = [], 0, 0
    for left in lefts:
        seen += left
        upto = amount * seen // whole if whole else 0
        shares.append(upto - given)
        given = upto
    return shares
