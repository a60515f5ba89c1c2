"""The seller's price lists side by side, and why a dealer sees the price it sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.policies import computed
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.seller.goods import family_chips, page_of_goods
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.price_reasons import Reasons, moment_typed, pieces_typed, reasons
from heliu.portal.shell.records import Goods, House

Tiers = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Which price a dealer sees for a quantity at a moment, and why."""

    dealer: House
    sku: Goods
    reasons: Reasons


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Goods by lists with today's prices; with dealer and code also why the dealer pays what."""
    actor, at = actor_of(request), now(request)
    text, family = request.GET.get("q", "").strip(), request.GET.get("family", "")
    lists = lists_of(actor)
    names = [one.display for one in lists]
    currencies = [one.currency for one in lists]
    found, next_href = page_of_goods(actor, request)
    tiers = _tiers(actor, lists, [row.sku.pk for row in found], at)
    answer, trouble = _answer(request, at)
    context = {
        "lists": names,
        "chips": family_chips(actor, text, family),
        "text": text,
        "family": family,
        "rows": [
            (row.sku, list(zip(names, currencies, told, strict=True)))
            for row, told in zip(found, tiers, strict=True)
        ],
        "next_href": next_href,
        "answer": answer,
        "trouble": trouble,
        "dealers": [dealer.short for dealer in dealers_of(actor)[:MOST_SUGGESTED]],
        "asked": {name: request.GET.get(name, "") for name in ("dealer", "code", "pieces", "at")},
    }
    return show(request, "seller/prices.html", context, here="seller_prices")


MOST_SUGGESTED = 200


def lists_of(actor: Actor) -> list[Any]:
    """The seller's lists in the order in which they are asked; the default list is the last."""
    mine = pricing.lists_visible_to(actor).filter(seller=actor.own_org).select_related("contract")
    return list(mine.order_by("is_default", "priority", "code"))


def _tiers(
    actor: Actor, lists: Sequence[Any], skus: Sequence[UUID], at: datetime
) -> list[list[Tiers]]:
    """Of each SKU, list by list, its (quantity from, minor units) of now, the lowest quantity
    first: where the list's prices are live, and of a computed list what its base makes of those it
    has not."""
    on = day_of(at)
    live = pricing.live_tables(lists, at)
    tiers: dict[tuple[UUID, UUID], Tiers] = defaultdict(list)
    valid = pricing.prices_visible_to(actor).filter(
        Q(valid_to=None) | Q(valid_to__gte=on),
        price_list__in=live.values(),
        sku__in=skus,
        valid_from__lte=on,
    )
    columns = ("price_list", "sku", "min_quantity", "amount")
    for price_list, sku, start, amount in valid.order_by("min_quantity").values_list(*columns):
        tiers[price_list, sku].append((start, amount))
    own = {one.pk: [tiers.get((live[one.pk], sku), []) for sku in skus] for one in lists}
    told = [_computed(one, own) if one.base_id else own[one.pk] for one in lists]
    return [[column[place] for column in told] for place in range(len(skus))]


def _computed(one: Any, own: Mapping[UUID, list[Tiers]]) -> list[Tiers]:
    """A computed list's tiers of each SKU: its own prices, else those of its base by its rule."""
    rule = (one.factor, one.round_to, one.rounding)
    mine = own[one.pk]
    base = own.get(one.base_id, [[]] * len(mine))
    return [
        has or [(start, computed(amount, *rule)) for start, amount in below]
        for has, below in zip(mine, base, strict=True)
    ]


def _answer(request: HttpRequest, at: datetime) -> tuple[Answer | None, str]:
    """What was asked about a dealer's price, or why it cannot be said."""
    actor, named = actor_of(request), request.GET.get("dealer", "").strip()
    code = request.GET.get("code", "").strip()
    if not named and not code:
        return None, ""
    dealer = dealers_of(actor, named).first() if named else None
    if dealer is None:
        return None, _("No dealer of yours is called %(name)s.") % {"name": named}
    sku = catalogue.find(actor, [code], actor.own_org).get(code) if code else None
    if sku is None:
        return None, _("None of your goods has the code %(code)s.") % {"code": code}
    try:
        then = moment_typed(request.GET.get("at", ""), at)
    except Invalid as refusal:
        return None, refusal.text()
    found = reasons(
        actor,
        buyer=dealer.pk,
        seller=actor.own_org,
        sku=sku.pk,
        quantity=pieces_typed(request.GET.get("pieces", "")),
        at=then,
    )
    return Answer(dealer, sku, found), ""
