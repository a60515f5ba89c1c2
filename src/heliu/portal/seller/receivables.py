"""What dealers owe the seller on terms: how old it is, who is stopped, what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from heliu.capital.terms import queries
from heliu.capital.terms.board import Board, board
from heliu.capital.terms.policies import BUCKETS
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.shell import open_items
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell
from heliu.trade import papers, receivables

ROWS = 50
LAST = 10


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """All dealers that owe something or have terms, the latest first."""
    actor, today = actor_of(request), day_of(now(request))
    tab = request.GET.get("tab", "")
    chosen = tab if tab in ("late", "stopped") else ""
    ages = [_("Not due"), *(open_items.bucket_words(*bucket) for bucket in BUCKETS)]
    listing = Listing(request.GET, _heads(ages), "")
    if listing.form:
        return _file(listing, board(actor.own_org, on=today, only=chosen, most=MOST + 1))
    read = partial(board, actor.own_org, on=today, only=chosen)
    shown, page = _page(read, listing, chosen, request.GET.get("page"))
    buyers = [one.buyer for one in shown.rows]
    houses = names(buyers)
    granted = {
        one.buyer: one
        for one in queries.terms_visible_to(actor).filter(seller=actor.own_org, buyer__in=buyers)
    }
    labels = {"": _("All"), "late": _("Overdue"), "stopped": _("Stopped")}
    context = {
        "figures": _figures(shown),
        "chart": open_items.ages(shown.aged) if any(shown.aged) else None,
        "chips": [
            parts.Chip(
                label, "?" + urlencode({"tab": key}) if key else "?", shown.counts[key],
                on=key == chosen,
            )
            for key, label in labels.items()
        ],
        "ages": [f"age{place}" for place in range(len(ages))],
        "listing": listing,
        "rows": [
            {"house": houses.get(one.buyer), "standing": one, "terms": granted.get(one.buyer)}
            for one in shown.rows
        ],
        "pager": parts.pager(page, listing.query),
        "may_set": actor.may("terms"),
    }  # fmt: skip
    return show(request, "seller/receivables.html", context, here="seller_receivables")


@require_GET
@desk_page
def account(request: HttpRequest, buyer: UUID) -> HttpResponse:
    """What one dealer owes, what it paid, how it was reminded, and what may be done."""
    actor, at = actor_of(request), now(request)
    today, house = day_of(at), dealer(actor, buyer)
    pair = {"seller": actor.own_org, "buyer": buyer}
    terms = queries.terms_of(actor, **pair)
    standing = queries.standing(actor, **pair, on=today)
    mine = queries.visible_to(actor).filter(**pair)
    listing = open_items.listing_of(request)
    if listing.form:
        return open_items.file(listing, actor, queries.open_of(mine), today)
    found = listing.sorted(queries.open_of(mine))
    page = parts.Leaves(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "listing": listing,
        "house": house,
        "terms": terms,
        "words": open_items.rule_words(terms) if terms else "",
        "standing": standing,
        "figures": open_items.figures(
            standing, queries.room(actor, terms, at=at) if terms else None, today
        ),
        "chart": open_items.ages(standing.aged, width=open_items.SIDE) if standing.open else None,
        "items": open_items.items(actor, list(page), today),
        "pager": parts.pager(page, listing.query),
        "settled": list(mine.exclude(settled_on=None).order_by("-settled_on", "-number")[:LAST]),
        "payments": list(
            queries.payments_visible_to(actor).filter(**pair).order_by("-noted_at", "-id")[:LAST]
        ),
        "reminders": list(
            queries.reminders_visible_to(actor).filter(**pair).order_by("-on", "-days")[:LAST]
        ),
        "may_set": actor.may("terms"),
        "may_note": actor.may("sell"),
    }
    return show(request, "seller/receivable.html", context, here="seller_receivables")


@require_POST
@desk_page
def stop(request: HttpRequest, buyer: UUID) -> HttpResponse:
    """Stop a dealer's orders on terms by hand."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        house = dealer(actor, buyer)
        receivables.stop_orders(buyer, actor=actor, at=at)
        say(request, _("Orders of %(house)s on terms are stopped.") % {"house": house.short})
        return reverse("seller_receivable", args=[buyer])

    return deed(request, do)


@require_POST
@desk_page
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Take back a payment that was written down by mistake."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        payment = receivables.take_back(number, actor=actor, at=at)
        say(request, _("Payment %(number)s is taken back.") % {"number": number})
        return reverse("seller_receivable", args=[payment.buyer])

    return deed(request, do)


@require_safe
@desk_page
def statement(request: HttpRequest, buyer: UUID) -> HttpResponse:
    """The statement of account of a dealer as PDF."""
    actor = actor_of(request)
    dealer(actor, buyer)
    make = partial(papers.account_statement, actor, actor.own_org, buyer, day_of(now(request)))
    return papers.pdf(request, make)


def dealer(actor: Actor, buyer: UUID) -> Any:
    """A dealer the seller supplies, or `NotFound`."""
    found = dealers_of(actor).filter(pk=buyer).first()
    if found is None:
        raise NotFound()
    return found


def _page(
    read: Callable[..., Board], listing: Listing, tab: str, asked: str | None
) -> tuple[Board, Page[int]]:
    """The page of the board that was asked for; the nearest there is. Sorted otherwise than by who
    is latest all of it is read, as far as a list is counted."""
    number = int(asked) if asked and asked.isdecimal() and asked.isascii() else 1
    shown = read(most=ROWS, skipped=(max(number, 1) - 1) * ROWS)
    page = Paginator(range(shown.counts[tab]), ROWS).get_page(number)
    skipped = max(page.start_index() - 1, 0)
    if not listing.is_usual and shown.counts[tab] > parts.EXACT_UP_TO:
        listing.sort, listing.is_too_long = listing.usual, True
    if not listing.is_usual:
        rows = _in_order(read(most=parts.EXACT_UP_TO).rows, listing)
        return replace(shown, rows=rows[skipped : skipped + ROWS]), page
    if not shown.rows and page.number != number:
        shown = read(most=ROWS, skipped=skipped)
    return shown, page


def _in_order(rows: Sequence[queries.Standing], listing: Listing) -> list[queries.Standing]:
    """Dealers by what is worked out of each; of two alike the later first."""
    key = listing.sort.removeprefix("-")
    age = int(key.removeprefix("age")) if key.startswith("age") else None

    def size(one: queries.Standing) -> int:
        if age is not None:
            return one.aged[age]
        return {"owed": one.owed, "credit": one.credit}[key]

    return sorted(rows, key=size, reverse=listing.sort.startswith("-"))


def _heads(ages: list[str]) -> list[Head]:
    return [
        Head("code", _("Code")),
        Head("dealer", _("Dealer")),
        Head("owed", _("Owed, CNY"), "money", by="owed", css="n"),
        *(
            Head(f"age{place}", age, "money", by=f"age{place}", css="n")
            for place, age in enumerate(ages)
        ),
        Head("credit", _("Paid too much"), "money", by="credit", css="n"),
        Head("disputed", _("Disputed, CNY"), "money"),
    ]


def _file(listing: Listing, shown: Board) -> HttpResponse:
    """The board as a file: what each dealer owes, by age."""
    houses = names([one.buyer for one in shown.rows])

    def cells(one: queries.Standing) -> tuple[Cell, ...]:
        house = houses.get(one.buyer)
        who = (house.code, house.display) if house else ("", "")
        return (*who, one.owed, *one.aged, one.credit, one.disputed)

    rows = shown.rows if listing.is_usual else _in_order(shown.rows, listing)
    return listing.taken_away(_("Receivables"), "receivables", rows, cells)


def _figures(shown: Board) -> list[parts.Figure]:
    dealers, stopped = shown.counts["late"], shown.counts["stopped"]
    return [
        parts.Figure(_("Owed"), minor=shown.owed),
        parts.Figure(
            _("Overdue"),
            minor=shown.late,
            tone="bad" if shown.late else "",
            note=ngettext("%(n)d dealer", "%(n)d dealers", dealers) % {"n": dealers},
        ),
        parts.Figure(
            _("Expected loss"),
            minor=shown.expected_loss,
            note=_("by age, as a rule"),
        ),
        parts.Figure(_("Stopped"), text=str(stopped), tone="bad" if stopped else ""),
    ]
