"""The dealers a seller supplies: what they ordered and which prices they see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from heliu.commerce.ordering import queries as ordering
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.language import is_chinese
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.records import House
from heliu.portal.ui import formats, parts
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell

ROWS = 50
HEADS = (
    Head("dealer", gettext_lazy("Dealer"), by="name", is_cheap=True),
    Head("code", gettext_lazy("Code"), by="code", is_cheap=True),
    Head("city", gettext_lazy("City"), by="city", is_cheap=True),
    Head("since", gettext_lazy("Since"), "day"),
    Head("lists", gettext_lazy("Own lists")),
    Head("orders", gettext_lazy("Orders, 12 months"), "count", css="n"),
    Head("bought", gettext_lazy("Bought, CNY"), "money", css="n"),
    Head("last", gettext_lazy("Last order"), "day"),
    Head("abroad", gettext_lazy("Bought in another currency")),
)
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DealerRow:
    """A dealer: its orders of the last twelve months (count, minor units), its last order, the
    codes of its own price lists."""

    house: Any
    href: str
    since: date | None
    orders: int
    bought: int
    last: datetime | None
    lists: list[str]
    currency: str = CURRENCY


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Dealers by name, found by code or name."""
    actor, text = actor_of(request), request.GET.get("q", "").strip()
    listing = Listing(request.GET, HEADS, "dealer")
    found = listing.sorted(dealers_of(actor, text))
    if listing.form:
        rows = _rows(actor, list(found[: MOST + 1]), now(request))
        return listing.taken_away(_("Dealers"), "dealers", rows, _cells)
    page = leaves(actor, text, found).get_page(request.GET.get("page"))
    context = {
        "listing": listing,
        "text": text,
        "rows": _rows(actor, list(page), now(request)),
        "pager": parts.pager(page, listing.query),
        "may_set": actor.may("terms"),
    }
    return show(request, "seller/dealers.html", context, here="seller_dealers")


def _cells(row: DealerRow) -> tuple[Cell, ...]:
    """A dealer as a file has it."""
    last = row.last and timezone.localdate(row.last, formats.ORGANISATION_ZONE)
    city = row.house.city_zh if is_chinese() else ""
    return (
        row.house.display, row.house.code, city or row.house.city, row.since,
        " ".join(row.lists), row.orders, row.bought if row.currency == CURRENCY else None, last,
        formats.abroad(row.bought, row.currency),
    )  # fmt: skip


def dealers_of(actor: Actor, text: str = "") -> QuerySet[Any]:
    """The organisations the seller supplies now, by name; with a text those called like it."""
    found = parties.customers(actor)
    if text:
        found = found.filter(
            Q(code__iexact=text)
            | Q(name__icontains=text)
            | Q(name_zh__icontains=text)
            | Q(short_name__icontains=text)
            | Q(short_name_zh__icontains=text)
        )
    return found.order_by("name", "code")


def leaves(actor: Actor, text: str = "", found: QuerySet[Any] | None = None) -> parts.Leaves:
    """The same in pages; all of them are counted by their links, without asking who each is."""
    links = None if text else parties.supplied(actor).order_by().values("buyer").distinct()
    found = dealers_of(actor, text) if found is None else found
    return parts.Leaves(found, ROWS, as_many=links)


def _rows(actor: Actor, houses: Sequence[House], at: datetime) -> list[DealerRow]:
    """The rows of these dealers, in three statements for any number."""
    ids = [house.pk for house in houses]
    links = {
        link.buyer: link
        for link in parties.relationships_visible_to(actor).filter(
            seller__in=actor.orgs, buyer__in=ids
        )
    }
    recent = Q(placed_at__gt=at - YEAR) & ~Q(status="CANCELLED")
    bought = {
        buyer: figures
        for buyer, *figures in ordering.filtered(actor, side="seller")
        .filter(buyer__in=ids)
        .order_by()
        .values_list("buyer")
        .annotate(
            orders=Count("pk", filter=recent),
            sum=Sum("total", filter=recent),
            last=Max("placed_at"),
        )
    }
    lists = _lists(actor, ids, day_of(at))
    rows = []
    for house in houses:
        orders, total, last = bought.get(house.pk, (0, 0, None))
        href = f"{reverse('seller_orders')}?{urlencode({'party': house.code})}"
        link = links.get(house.pk)
        since, currency = (link.since, link.currency) if link else (None, CURRENCY)
        rows.append(
            DealerRow(house, href, since, orders, total or 0, last, lists[house.pk], currency)
        )
    return rows


def _lists(actor: Actor, dealers: Sequence[UUID], on: date) -> dict[UUID, list[str]]:
    lists: dict[UUID, list[str]] = defaultdict(list)
    holding = pricing.assignments_visible_to(actor).filter(
        Q(valid_to=None) | Q(valid_to__gte=on), buyer__in=dealers, valid_from__lte=on
    )
    ordered = holding.order_by("price_list__priority", "price_list__code")
    for dealer, code in ordered.values_list("buyer", "price_list__code"):
        lists[dealer].append(code)
    return lists
