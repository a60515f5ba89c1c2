"""Invoices that buyer or seller lay before the lender of a financed order, as evidence of it.

lay    number, day and amount; whether it was financed before is looked for at once
show   the paper itself, by whose bytes the same one is known again under another number
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.files import operations as files
from heliu.trade import controls, deals
from heliu.trade.models import Deal, Invoice, Outcome
from heliu.trade.steps import locked, parties

MOST = 20
"""Invoices of one deal."""
LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lay(
    deal_id: UUID | str,
    *,
    actor: Actor,
    number: str,
    amount: int,
    issued_on: date,
    at: datetime,
) -> Invoice:
    """An invoice of the seller for a financed order; the same number again is the one that is
    there. `amount` in minor units. Raises `Invalid` for what is no invoice."""
    number = "".join(number.split()).upper()
    if not number or len(number) > 40:
        raise Invalid("invoice-number", "An invoice has a number of 1 to 40 signs.", field="number")
    if amount <= 0:
        raise Invalid("amount-not-positive", "An invoice is above zero.", field="amount")
    if issued_on > day_of(at):
        raise Invalid("invoice-of-tomorrow", "This day is still to come.", field="issued_on")
    deal = _to_lay_on(deals.get(actor, deal_id), actor)
    with widened(parties(deal)):
        deal = locked(deal.id)
        assert deal.lender is not None  # as `_to_lay_on` found
        known = Invoice.objects.filter(deal=deal, number=number).first()
        if known is not None:
            return known
        if deal.outcome != Outcome.OPEN:
            raise Refused("deal-closed", "Deal %(number)s is over.", number=deal.number)
        if deal.invoices.count() >= MOST:
            raise Refused("invoices-enough", "A deal has %(most)s invoices at most.", most=MOST)
        _one_at_a_time(f"invoice:{deal.seller}:{number}")
        laid = Invoice.objects.create(
            deal=deal,
            issuer=deal.seller,
            number=number,
            amount=amount,
            issued_on=issued_on,
            buyer=deal.buyer,
            seller=deal.seller,
            lender=deal.lender,
            laid_by_name=actor.name,
            laid_at=at,
        )
        controls.invoice_laid(deal, at=at)
    return laid


def show(invoice_id: UUID, *, actor: Actor, name: str, content: bytes, at: datetime) -> Invoice:
    """The paper of an invoice, a picture or a PDF; once. Its lender may read it."""
    invoice = visible_to(actor).filter(pk=invoice_id).select_related("deal").first()
    if invoice is None:
        raise NotFound()
    deal = _to_lay_on(invoice.deal, actor)
    with widened(parties(deal)):
        deal = locked(deal.id)
        invoice.refresh_from_db()
        readers = [invoice.buyer, invoice.seller, invoice.lender]
        paper = files.keep(
            content,
            actor=actor,
            org=actor.own_org,
            name=name,
            subject=invoice.id,
            readers=readers,
            at=at,
        )
        if invoice.file == paper.pk:
            return invoice
        if invoice.file is not None:
            raise Refused("invoice-shown", "This invoice has its paper already.", field="file")
        _one_at_a_time(f"paper:{paper.digest}")
        invoice.file, invoice.digest = paper.pk, paper.digest
        invoice.save(update_fields=["file", "digest"])
        controls.invoice_laid(deal, at=at)
    return invoice


def visible_to(actor: Actor) -> QuerySet[Invoice]:
    """The invoices of deals in which the actor is buyer, seller or lender."""
    if actor.is_system:
        return Invoice.objects.all()
    return Invoice.objects.filter(
        Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs) | Q(lender__in=actor.orgs)
    )


def of_deal(actor: Actor, deal: Deal) -> list[Invoice]:
    """The invoices of one deal, as they were laid."""
    return list(visible_to(actor).filter(deal=deal).order_by("laid_at", "id"))


def may_lay(actor: Actor, deal: Deal) -> bool:
    """Whether the actor is one of those who lay the invoices of a deal."""
    is_buyer = deal.buyer in actor.orgs and actor.may("order")
    is_seller = deal.seller in actor.orgs and actor.may("sell")
    return deal.lender is not None and not deal.is_stock and (is_buyer or is_seller)


def _to_lay_on(deal: Deal, actor: Actor) -> Deal:
    if deal.lender is None or deal.is_stock:
        raise Refused("not-financed", "Order %(number)s is not financed.", number=deal.number)
    if not may_lay(actor, deal):
        raise Forbidden("not-your-invoice", "Buyer and seller lay the invoices.")
    return deal


def _one_at_a_time(name: str) -> None:
    """Who lays the same somewhere else waits here, and then sees this one."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [name])
