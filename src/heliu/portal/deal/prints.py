"""The papers of a deal as PDF."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from heliu.capital.lending import queries as lending
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.deal.reading import deal_of
from heliu.portal.shell.pages import actor_of, desk_page, now
from heliu.trade import papers


@require_safe
@desk_page
def agreement(request: HttpRequest, ref: str) -> HttpResponse:
    """The loan agreement; for borrower and lender."""
    actor = actor_of(request)
    return papers.pdf(request, partial(papers.agreement, actor, _loan(actor, ref)))


@require_safe
@desk_page
def vat_invoice(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """A VAT invoice or red letter; for its seller and its buyer."""
    return papers.pdf(request, partial(papers.vat_invoice, actor_of(request), invoice))


@require_safe
@desk_page
def statement(request: HttpRequest, ref: str) -> HttpResponse:
    """What moved on the loan, ``first`` to ``last`` day if they are given, else until now."""
    actor = actor_of(request)
    first, last = (_day(request.GET.get(name, "")) for name in ("first", "last"))
    make = partial(
        papers.loan_statement, actor, _loan(actor, ref), first, last or day_of(now(request))
    )
    return papers.pdf(request, make)


@require_safe
@desk_page
def payment(request: HttpRequest, ref: str, place: int) -> HttpResponse:
    """The receipt of the n-th payment of the loan."""
    actor = actor_of(request)
    return papers.pdf(request, partial(papers.repayment_receipt, actor, _loan(actor, ref), place))


@require_safe
@desk_page
def receipt(request: HttpRequest, ref: str, number: str) -> HttpResponse:
    """A warehouse receipt."""
    actor = actor_of(request)
    deal_of(actor, ref)  # to whom the deal is nothing, there is no such page
    found = warehousing.receipt(actor, number)
    return papers.pdf(request, partial(papers.warehouse_receipt, actor, found))


def _loan(actor: Actor, ref: str) -> object:
    loan = lending.of_deal(deal_of(actor, ref).pk, actor)
    if loan is None:
        raise NotFound()
    return loan


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
