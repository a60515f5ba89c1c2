"""Every write of VAT: tax data, rates, invoices and their way to the tax authority."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from heliu.capital.vat import events, policies, queries
from heliu.capital.vat.models import (
    VAT_MOVES,
    TaxHouse,
    TaxRate,
    VatInvoice,
    VatKind,
    VatLine,
    VatStatus,
)
from heliu.capital.vat.port import (
    Answer,
    AuthorityTimeout,
    Outcome,
    Paper,
    PaperLine,
    current_authority,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.states import move

SYSTEM = Actor.system()
SILENCE = timedelta(minutes=1)  # after so long the authority is asked again

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TaxData:
    """A house's tax data; as the fields of `TaxHouse` say it."""

    name: str
    number: str
    address: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""
    wants: str = VatKind.ORDINARY
    is_auto: bool = False


class Wanted(NamedTuple):
    """Goods to invoice: which, how many, and what the buyer pays for them in all (fen)."""

    order_line: int
    sku: Sku
    quantity: int
    gross: int


def set_data(data: TaxData, *, actor: Actor, at: datetime) -> TaxHouse:
    """The tax data of the house at whose desk the actor sits; invoices there are keep theirs.

    Raises `Invalid` for a number that can be none, and where a special invoice is asked for without
    what it names.
    """
    actor.require("manage")
    number = "".join(data.number.split()).upper()
    if not data.name.strip():
        raise Invalid("name-missing", "The name on the business licence is needed.", field="name")
    if not policies.is_number(number):
        raise Invalid(
            "tax-number-wrong", "A tax number has 15 to 20 letters and digits.", field="number"
        )
    if data.wants not in VatKind.values:
        raise Invalid("kind-unknown", "Choose the special or the ordinary invoice.", field="wants")
    kept = asdict(data) | {"name": data.name.strip(), "number": number}
    if data.wants == VatKind.SPECIAL:
        policies.must_suffice(kept, special=True)
    house, _ = TaxHouse.objects.update_or_create(
        org=actor.own_org, defaults=kept | {"set_by_name": actor.name, "set_at": at}
    )
    return house


def set_rate(
    rate: Decimal,
    *,
    from_day: date,
    actor: Actor,
    is_exempt: bool = False,
    family: str = "",
    sku: str = "",
) -> TaxRate:
    """What is tax in the seller's prices from a day on, in per cent: of a SKU or a family by its
    code, or of all its goods. Invoices there are stay as they are."""
    actor.require("sell")
    if not 0 <= rate < 100 or rate.as_tuple().exponent < -2 or (is_exempt and rate):  # type: ignore[operator]
        raise Invalid("rate-wrong", "A rate is from 0 to 99.99 per cent.", field="rate")
    if family and sku:
        raise Invalid("rate-for-one", "Name a family or goods, not both.", field="sku")
    of_family = Family.objects.filter(pk=family).first() if family else None
    of_sku = Sku.objects.filter(seller=actor.own_org, code=sku).first() if sku else None
    if family and of_family is None:
        raise Invalid("family-unknown", "There is no such family of goods.", field="family")
    if sku and of_sku is None:
        raise Invalid("sku-unknown", "You have no goods with this code.", field="sku")
    return TaxRate.objects.update_or_create(
        seller=actor.own_org,
        family=of_family,
        sku=of_sku,
        from_day=from_day,
        defaults={"rate": rate, "is_exempt": is_exempt, "set_by_name": actor.name},
    )[0]


def write(
    *,
    seller: UUID,
    buyer: UUID,
    order: UUID,
    order_number: str,
    key: str,
    wanted: Sequence[Wanted],
    on: date,
    actor: Actor,
    at: datetime,
) -> VatInvoice:
    """Write an invoice over goods; the same key gives the first. `hand_over` takes it on its way.

    Raises `Refused` where a side has given no tax data, goods have no rate, or a special invoice
    would have exempt goods on it.
    """
    known = VatInvoice.objects.filter(key=key).first()
    if known is not None:
        return known
    issuer, title = _titles(seller, buyer)
    rates = queries.rates_of(seller, [one.sku for one in wanted], on)
    kind = VatKind(title["wants"])
    if kind == VatKind.SPECIAL and any(rates[one.sku.pk].is_exempt for one in wanted):
        raise Refused(
            "special-not-exempt",
            "Exempt goods are not put on a special VAT invoice.",
            help="The buyer asks for an ordinary one.",
        )
    lines = []
    for position, one in enumerate((one for one in wanted if one.gross), 1):
        rate = rates[one.sku.pk]
        net, tax = policies.split(one.gross, rate.rate)
        lines.append(
            VatLine(
                seller=seller,
                buyer=buyer,
                position=position,
                order_line=one.order_line,
                code=one.sku.code,
                name=one.sku.name_zh or one.sku.name,
                unit=one.sku.unit.name_zh,
                quantity=one.quantity,
                rate=rate.rate,
                is_exempt=rate.is_exempt,
                gross=one.gross,
                net=net,
                tax=tax,
            )
        )
    if not lines:
        raise Refused("nothing-to-invoice", "There is nothing to invoice here.")
    return _written(
        lines, kind=kind, seller=seller, buyer=buyer, order_id=order, order_number=order_number,
        key=key, issuer=issuer, title=title, asked_by_name=actor.name, asked_at=at,
    )  # fmt: skip


def red_letter(
    blue: VatInvoice,
    parts: Mapping[int, tuple[int, int]],
    *,
    reason: str,
    key: str,
    actor: Actor,
    at: datetime,
) -> VatInvoice:
    """Take back a part of an issued invoice: order line -> (quantity, gross in fen, above zero).

    A quantity of 0 is a discount. `key` names it, once. Raises `Refused` for one that is not
    issued, or for more than is left of a line.
    """
    known = VatInvoice.objects.filter(key=key).first()
    if known is not None:
        return known
    blue = VatInvoice.objects.select_for_update().get(pk=blue.pk)
    if blue.status != VatStatus.ISSUED or blue.is_red:
        raise Refused("not-issued", "Only an issued VAT invoice is taken back.")
    lines, taken = [], []
    for line in blue.lines.filter(order_line__in=parts).order_by("position"):
        quantity, part = parts[line.order_line]
        if not 0 < part <= line.gross - line.red_gross:
            raise Refused(
                "red-beyond", "Of %(goods)s only %(left)s can be taken back.",
                goods=line.name, left=str(Money(line.gross - line.red_gross)),
            )  # fmt: skip
        net, tax = policies.red_split(line.red_gross, part, line.rate)
        line.red_gross += part
        taken.append(line)
        lines.append(
            VatLine(
                seller=blue.seller,
                buyer=blue.buyer,
                position=line.position,
                order_line=line.order_line,
                code=line.code,
                name=line.name,
                unit=line.unit,
                quantity=-quantity,
                rate=line.rate,
                is_exempt=line.is_exempt,
                gross=-part,
                net=net,
                tax=tax,
            )
        )
    if len(lines) < len(parts):
        raise NotFound()
    VatLine.objects.bulk_update(taken, ["red_gross"])
    VatInvoice.objects.filter(pk=blue.pk).update(
        red_gross=F("red_gross") + sum(part for _, part in parts.values())
    )
    return _written(
        lines, kind=blue.kind, seller=blue.seller, buyer=blue.buyer, order_id=blue.order_id,
        order_number=blue.order_number, key=key, red_of=blue, reason=reason.strip()[:200],
        issuer=blue.issuer, title=blue.title, asked_by_name=actor.name, asked_at=at,
    )  # fmt: skip


def again(invoice: VatInvoice, *, actor: Actor, at: datetime) -> VatInvoice:
    """A refused one goes once more, under a new id and with the tax data of now."""
    actor.require("sell")
    invoice = VatInvoice.objects.select_for_update().get(pk=invoice.pk)
    if invoice.seller not in actor.orgs:
        raise Forbidden("not-your-invoice", "Only the seller issues it.")
    if invoice.status != VatStatus.REFUSED:
        raise Refused("not-refused", "The tax authority has not refused this.")
    issuer, title = invoice.issuer, invoice.title
    if not invoice.is_red:
        issuer, title = _titles(invoice.seller, invoice.buyer)
    move(
        invoice, VatStatus.QUEUED, moves=VAT_MOVES, paper=new_id(), trouble="", tries=0,
        handed_at=None, issuer=issuer, title=title, kind=title["wants"],
    )  # fmt: skip
    return invoice


def note_split(invoice: VatInvoice, on: date) -> None:
    """Its tax left the sales in the books on this day."""
    invoice.split_on = on
    invoice.save(update_fields=["split_on"])


def hand_over(*, at: datetime, told: Callable[[VatInvoice], None], most: int = 100) -> int:
    """Hand over what is written and ask for what was not answered; for the worker. `told` hears of
    each answer in its transaction. Returns how many were answered."""
    waiting = VatInvoice.objects.filter(
        Q(status=VatStatus.QUEUED) | Q(status=VatStatus.PENDING),
        Q(handed_at=None) | Q(handed_at__lte=at - SILENCE),
    )
    answered = 0
    for pk in waiting.order_by("asked_at", "pk").values_list("pk", flat=True)[:most]:
        with transaction.atomic():
            answered += _hand_over(pk, at, told)
    return answered


def _hand_over(pk: UUID, at: datetime, told: Callable[[VatInvoice], None]) -> bool:
    invoice = (
        VatInvoice.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("red_of")
        .filter(pk=pk, status__in=[VatStatus.QUEUED, VatStatus.PENDING])
        .first()
    )
    if invoice is None:
        return False
    invoice.handed_at, invoice.tries = at, invoice.tries + 1
    try:
        answer = current_authority().issue(_paper(invoice), at)
    except AuthorityTimeout:
        answer = Answer(Outcome.PENDING)
    if answer.outcome == Outcome.PENDING:
        invoice.status = VatStatus.PENDING
        invoice.save(update_fields=["status", "handed_at", "tries"])
        return False
    _answered(invoice, answer, at)
    told(invoice)
    return True


def _answered(invoice: VatInvoice, answer: Answer, at: datetime) -> None:
    is_issued = answer.outcome == Outcome.ISSUED
    told = (
        {"number": answer.number, "issued_at": at}
        if is_issued
        else {"trouble": answer.reason[:200]}
    )
    move(
        invoice, VatStatus.ISSUED if is_issued else VatStatus.REFUSED, moves=VAT_MOVES,
        handed_at=invoice.handed_at, tries=invoice.tries, **told,
    )  # fmt: skip
    fact = (
        events.VatInvoiceIssued(
            subject=invoice.pk, number=invoice.number, order=invoice.order_number,
            gross=invoice.gross, tax=invoice.tax,
        )
        if is_issued
        else events.VatInvoiceRefused(
            subject=invoice.pk, order=invoice.order_number, reason=invoice.trouble
        )
    )  # fmt: skip
    record(fact, actor=SYSTEM, at=at, audience=[invoice.seller, invoice.buyer])


def _paper(invoice: VatInvoice) -> Paper:
    return Paper(
        id=invoice.paper,
        kind=invoice.kind,
        issuer=invoice.issuer,
        title=invoice.title,
        lines=tuple(
            PaperLine(
                line.name, line.unit, line.quantity, line.rate, line.is_exempt, line.net, line.tax
            )
            for line in invoice.lines.order_by("position")
        ),
        red_of=invoice.red_of.number if invoice.red_of else "",
        reason=invoice.reason,
    )


def _titles(seller: UUID, buyer: UUID) -> tuple[dict[str, str], dict[str, str]]:
    """The tax data of both sides as they go on the paper."""
    given = {one.org: one for one in TaxHouse.objects.filter(org__in=[seller, buyer])}
    if seller not in given:
        raise Refused(
            "issuer-missing", "Your house has given no tax data yet.",
            help="Give it under Company.",
        )  # fmt: skip
    if buyer not in given:
        raise Refused(
            "title-missing", "The buyer has not said yet which invoice it wants.",
            help="It gives its tax data once, under Company.",
        )  # fmt: skip
    issuer, title = _on_paper(given[seller]), _on_paper(given[buyer])
    policies.must_suffice(title, special=title["wants"] == VatKind.SPECIAL)
    return issuer, title


def _on_paper(house: TaxHouse) -> dict[str, str]:
    names = ("name", "number", "address", "phone", "bank", "account", "wants")
    return {name: str(getattr(house, name)) for name in names}


def _written(lines: Iterable[VatLine], **what: object) -> VatInvoice:
    goods = list(lines)
    invoice = VatInvoice.objects.create(
        gross=sum(line.gross for line in goods),
        net=sum(line.net for line in goods),
        tax=sum(line.tax for line in goods),
        **what,
    )
    for line in goods:
        line.invoice = invoice
    VatLine.objects.bulk_create(goods)
    return invoice
