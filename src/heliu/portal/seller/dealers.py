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
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from heliu.commerce.ordering import queries as ordering
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.records import House
from heliu.portal.ui import parts

ROWS = 50
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DealerRow:
    """A dealer: its orders of the last twelve months (count, minor units), its last order, the
    codes of its own price lists."""

    house: House
    href: str
    since: date | None
    orders: int
    bought: int
    last: datetime | None
    lists: list[str]


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Dealers by name, found by code or name."""
    actor, text = actor_of(request), request.GET.get("q", "").strip()
    page = parts.Leaves(dealers_of(actor, text), ROWS).get_page(request.GET.get("page"))
    context = {
        "text": text,
        "rows": _rows(actor, list(page), now(request)),
        "pager": parts.pager(page, urlencode({"q": text}) if text else ""),
    }
    return show(request, "seller/dealers.html", context, here="seller_dealers")


def dealers_of(actor: Actor, text: str = "") -> QuerySet[Any]:
    """The organisations the seller supplies now, by name; with a text those called like it."""
    links = parties.relationships_visible_to(actor).filter(seller__in=actor.orgs, status="ACTIVE")
    found = parties.visible_to(actor).filter(pk__in=links.values("buyer"))
    if text:
        found = found.filter(
            Q(code__iexact=text)
            | Q(name__icontains=text)
            | Q(name_zh__icontains=text)
            | Q(short_name__icontains=text)
            | Q(short_name_zh__icontains=text)
        )
    return found.order_by("name", "code")


def _rows(actor: Actor, houses: Sequence[House], at: datetime) -> list[DealerRow]:
    """The rows of these dealers, in three statements for any number."""
    ids = [house.pk for house in houses]
    since = dict(
        parties.relationships_visible_to(actor)
        .filter(seller__in=actor.orgs, buyer__in=ids)
        .values_list("buyer", "since")
    )
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
        rows.append(
            DealerRow(house, href, since.get(house.pk), orders, total or 0, last, lists[house.pk])
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
