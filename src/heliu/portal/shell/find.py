"""Finding by number, code, name or word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.capital.lending import queries as lending
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties import queries as parties
from heliu.logistics.pledges import queries as pledges
from heliu.portal.deal.rows import deal_rows
from heliu.portal.shell.records import Goods
from heliu.portal.ui.frame import NavHead, NavItem
from heliu.trade import deals

MOST = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, a line on it, where it leads."""

    label: str
    note: str
    href: str


def find_all(
    actor: Actor, query: str, nav: Sequence[NavItem | NavHead]
) -> list[tuple[str, list[Hit]]]:
    """Groups of hits, the surest first; groups without a hit are left out."""
    if not query:
        return []
    groups = [
        (_("Documents"), _documents(actor, query)),
        (_("Goods"), _goods(actor, query)),
        (_("Parties"), _parties(actor, query)),
        (_("Pages"), _pages(query, nav)),
    ]
    return [(title, hits) for title, hits in groups if hits]


def _documents(actor: Actor, query: str) -> list[Hit]:
    """Deals by their own number or that of one of their papers, or how it begins."""
    text = query.upper()
    orders = ordering.visible_to(actor).filter(number__startswith=text).values("pk")
    loans = lending.visible_to(actor).filter(number__startswith=text).values("deal")
    bound = pledges.visible_to(actor).filter(number__startswith=text).values("deal")
    found = deals.visible_to(actor).filter(
        Q(number__startswith=text)
        | Q(order_id__in=orders)
        | Q(order_id__in=ordering.of_own_number(actor, query))
        | Q(pk__in=loans)
        | Q(pk__in=bound)
    )
    return [
        Hit(row.number, f"{row.goods} · {row.state[0]}", row.href)
        for row in deal_rows(actor, list(found.order_by("-opened_at")[:MOST]))
    ]


def _goods(actor: Actor, query: str) -> list[Hit]:
    buys = "DEALER" in actor.party_roles

    def href(sku: Goods) -> str:
        if buys:
            return reverse("dealer_goods", args=[sku.pk])
        return f"{reverse('seller_goods')}?{urlencode({'q': sku.code})}"

    return [
        Hit(row.sku.code, row.sku.display, href(row.sku))
        for row in catalogue.search(actor, text=query, limit=MOST).rows
    ]


def _parties(actor: Actor, query: str) -> list[Hit]:
    found = parties.visible_to(actor).filter(
        Q(name__icontains=query) | Q(name_zh__icontains=query) | Q(code__iexact=query)
    )
    return [Hit(str(org), org.city, f"{reverse('deals')}?party={org.code}") for org in found[:MOST]]


def _pages(query: str, nav: Sequence[NavItem | NavHead]) -> list[Hit]:
    return [
        Hit(item.label, "", item.href)
        for item in nav
        if isinstance(item, NavItem) and query.lower() in item.label.lower()
    ]
