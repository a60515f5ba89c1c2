"""The seller's VAT invoices: what is to be written, what the tax authority said, and the rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.capital.vat import operations, queries
from heliu.commerce.catalogue import queries as catalogue
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.portal.seller.addresses import address, id_in
from heliu.portal.shell import sheets, vat_list
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.portal.ui.listing import Listing
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import vat

HERE = "seller_vat"
ROWS = 50


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Consignments without an invoice above, invoices by state below."""
    actor = actor_of(request)
    state = request.GET.get("state", "")
    state = state if state in queries.STATUSES else ""
    mine = queries.visible_to(actor).filter(seller__in=actor.orgs)
    listing = Listing(request.GET, vat_list.heads(_("Buyer")), vat_list.USUAL)
    narrowed = mine.filter(status=state) if state else mine
    if listing.form:
        return vat_list.file(listing, narrowed, lambda one: one.buyer)
    pager = parts.Leaves(listing.sorted(narrowed), ROWS)
    page = pager.get_page(request.GET.get("page"))
    open_ = vat.to_invoice(actor)
    known = names([one.order.buyer for one in open_] + [one.buyer for one in page])
    context = {
        "listing": listing,
        "open": [(one, known.get(one.order.buyer)) for one in open_],
        "rows": [(one, known.get(one.buyer)) for one in page],
        "pager": parts.pager(page, listing.query),
        "chips": _chips(mine, state),
        "has_data": queries.data_of(actor) is not None,
        "has_rates": queries.rates(actor).exists(),
        "may_sell": actor.may("sell"),
    }
    return show(request, "seller/vat.html", context, here=HERE)


@require_POST
@desk_page
def write(request: HttpRequest) -> HttpResponse:
    """Write the invoices of the chosen consignments: all of them, or none where one is refused."""
    actor, at = actor_of(request), now(request)
    chosen = sorted({one for text in request.POST.getlist("shipment") if (one := id_in(text))})

    def do() -> str:
        if not chosen:
            raise Invalid("nothing-chosen", "Choose at least one consignment.", field="shipment")
        for one in chosen:
            vat.invoice(one, actor=actor, at=at)
        say(
            request,
            ngettext("%(n)d invoice is written.", "%(n)d invoices are written.", len(chosen))
            % {"n": len(chosen)},
        )
        return reverse(HERE)

    return deed(request, do)


@require_POST
@desk_page
def again(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """A refused invoice goes to the authority once more, with the tax data of now."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        vat.again(invoice, actor=actor, at=at)
        say(request, _("It is handed over once more."))
        return reverse(HERE)

    return deed(request, do)


@require_http_methods(["GET", "POST"])
@desk_page
def rates(request: HttpRequest) -> HttpResponse:
    """The rates there are, and the sheet on which one is set."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")

    def do() -> str:
        operations.set_rate(
            _rate(request),
            from_day=_day(request),
            is_exempt=request.POST.get("is_exempt") == "yes",
            family=request.POST.get("family", ""),
            sku=request.POST.get("sku", "").strip(),
            actor=actor,
        )
        say(request, _("The rate is set."))
        return reverse("seller_vat_rates")

    sheet = Sheet(
        heading=_("Tax rates"),
        crumbs=((_("VAT invoices"), reverse(HERE)),),
        about=_said(actor),
        asks=(
            Ask("rate", _("Rate, %"), "13", "number", help=_("Prices are with tax.")),
            Ask("is_exempt", _("Exempt from tax (rate 0)"), "", "check"),
            Ask(
                "family",
                _("For a family"),
                "",
                "choice",
                options=(("", _("All goods")), *_families(actor)),
                is_needed=False,
            ),
            Ask("sku", _("Or for goods, by code"), is_needed=False),
            Ask("from_day", _("From"), day_of(at).isoformat(), "date"),
        ),
        will=(
            Will(_("Invoices written from now on show this rate")),
            Will(_("Goods before family, family before all goods")),
        ),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


def _said(actor: Actor) -> str:
    """The rates that are set, in one line each."""
    words = []
    for one in queries.rates(actor)[:ROWS]:
        what = one.sku.code if one.sku else one.family.display if one.family else _("All goods")
        rate = _("exempt") if one.is_exempt else f"{one.rate.normalize():f} %"
        words.append(f"{what} {rate} ({one.from_day.isoformat()})")
    return " · ".join(words)


def _families(actor: Actor) -> list[tuple[str, str]]:
    found = catalogue.families(actor, seller=actor.own_org)
    return [(family.code, family.display) for family, _count in found]


def _rate(request: HttpRequest) -> Decimal:
    try:
        rate = Decimal(request.POST.get("rate", "").strip())
    except InvalidOperation:
        rate = Decimal(-1)
    if not rate.is_finite() or rate < 0:
        raise Invalid("rate-wrong", "A rate is from 0 to 99.99 per cent.", field="rate")
    return rate


def _day(request: HttpRequest) -> date:
    try:
        day = parse_date(request.POST.get("from_day", "").strip())
    except ValueError:
        day = None
    if day is None:
        raise Invalid("day-unreadable", "This day cannot be read.", field="from_day")
    return day


def _chips(mine: QuerySet[Any], on: str) -> list[parts.Chip]:
    counts = dict(mine.order_by().values_list("status").annotate(n=Count("pk")))
    return [
        parts.Chip(_("All"), address(), sum(counts.values()), on=not on),
        *(
            parts.Chip(
                str(one.label), address(state=one.value), counts.get(one.value, 0), on=on == one
            )
            for one in queries.STATUSES
        ),
    ]
