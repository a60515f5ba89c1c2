"""What the dealer owes on terms: to whom, by when, and how it is paid."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from heliu.capital.terms import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.shell import open_items, sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will
from heliu.trade import papers, receivables

LAST = 10


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Each seller that grants terms: what is owed to it, what is late, what is left to order."""
    actor, at = actor_of(request), now(request)
    today = day_of(at)
    mine = {one.seller: one for one in queries.terms_visible_to(actor).filter(buyer=actor.own_org)}
    found = {one.seller: one for one in queries.standings(actor, on=today, buyer=actor.own_org)}
    rows = [_row(actor, pk, mine.get(pk), found.get(pk), at) for pk in names({*mine, *found})]
    rows.sort(key=lambda row: (-row["standing"].late, -row["standing"].open, row["house"].code))
    aged = [sum(ages) for ages in zip(*(row["standing"].aged for row in rows), strict=True)]
    late = sum(aged[1:])
    context = {
        "rows": rows,
        "chart": open_items.ages(aged) if any(aged) else None,
        "figures": [
            parts.Figure(_("Owed"), minor=sum(row["standing"].owed for row in rows)),
            parts.Figure(_("Overdue"), minor=late, tone="bad" if late else ""),
            parts.Figure(_("Credit left"), minor=sum(row["room"] or 0 for row in rows)),
        ],
    }
    return show(request, "dealer/owed.html", context, here="dealer_owed")


def _row(
    actor: Actor, seller: UUID, terms: Any, standing: queries.Standing | None, at: datetime
) -> dict[str, Any]:
    """One seller, with what is owed to it and what it grants."""
    pair = {"seller": seller, "buyer": actor.own_org}
    return {
        "house": names([seller])[seller],
        "standing": standing or queries.standing(actor, **pair, on=day_of(at)),
        "terms": terms,
        "words": open_items.rule_words(terms) if terms else "",
        "room": queries.room(actor, terms, at=at) if terms else None,
    }


@require_GET
@desk_page
def seller(request: HttpRequest, seller: UUID) -> HttpResponse:
    """What is owed to one seller, invoice by invoice, and how to pay it."""
    actor, at = actor_of(request), now(request)
    today, terms = day_of(at), _terms(actor, seller)
    standing = queries.standing(actor, seller=seller, buyer=actor.own_org, on=today)
    mine = queries.visible_to(actor).filter(seller=seller, buyer=actor.own_org)
    listing = open_items.listing_of(request)
    if listing.form:
        return open_items.file(listing, actor, queries.open_of(mine), today)
    found = listing.sorted(queries.open_of(mine))
    page = parts.Leaves(found, open_items.ROWS).get_page(request.GET.get("page"))
    paid = queries.payments_visible_to(actor).filter(seller=seller, buyer=actor.own_org)
    context = {
        "house": names([seller])[seller],
        "terms": terms,
        "words": open_items.rule_words(terms),
        "standing": standing,
        "figures": open_items.figures(standing, queries.room(actor, terms, at=at), today),
        "chart": open_items.ages(standing.aged, width=open_items.SIDE) if standing.open else None,
        "items": open_items.items(actor, list(page), today),
        "pager": parts.pager(page, listing.query),
        "listing": listing,
        "settled": list(mine.exclude(settled_on=None).order_by("-settled_on", "-number")[:LAST]),
        "payments": list(paid.order_by("-noted_at", "-id")[:LAST]),
        "account": receivables.account_to_pay(seller),
        "code": names([actor.own_org])[actor.own_org].code.upper(),
    }
    return show(request, "dealer/owed_seller.html", context, here="dealer_owed")


@require_http_methods(["GET", "POST"])
@desk_page
def dispute(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet on which a part of an invoice is disputed; nothing ends it."""
    actor, at = actor_of(request), now(request)
    invoice = queries.get(actor, number)
    if invoice.buyer not in actor.orgs:
        raise NotFound()
    home = reverse("dealer_owed_seller", args=[invoice.seller])

    def do() -> str:
        typed = request.POST.get("amount", "").strip()
        amount = sheets.amount_of(request) if typed and typed.strip("0.,") else 0
        reason = request.POST.get("reason", "")
        receivables.dispute(invoice.id, actor=actor, amount=amount, reason=reason, at=at)
        say(request, _("The seller is told.") if amount else _("The dispute is over."))
        return home

    sheet = Sheet(
        heading=_("Dispute invoice %(number)s") % {"number": invoice.number},
        crumbs=((_("What I owe"), home),),
        rows=(
            Amount(pgettext("on terms", "Invoice"), invoice.amount),
            Amount(_("Open amount"), invoice.left, is_total=True),
        ),
        asks=(
            Ask(
                "amount",
                _("How much you do not owe"),
                money_text(invoice.disputed or invoice.left),
                "money",
                help=_("0.00 ends the dispute"),
            ),
            Ask("reason", _("Why"), invoice.dispute, is_needed=False),
        ),
        will=(
            Will(_("The seller is told, and answers by a credit note or talks to you")),
            Will(_("Nobody reminds you of this part, and no order is stopped for it")),
        ),
        button=_("Dispute"),
    )
    return sheets.answer(request, sheet, do, here="dealer_owed")


@require_safe
@desk_page
def statement(request: HttpRequest, seller: UUID) -> HttpResponse:
    """The statement of account with a seller as PDF."""
    actor = actor_of(request)
    _terms(actor, seller)
    make = partial(papers.account_statement, actor, seller, actor.own_org, day_of(now(request)))
    return papers.pdf(request, make)


def _terms(actor: Actor, seller: UUID) -> Any:
    found = queries.terms_of(actor, seller=seller, buyer=actor.own_org)
    if found is None:
        raise NotFound()
    return found
