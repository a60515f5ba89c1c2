"""Finding by number, code, name or word: the page of all that was found, and the palette under the
field of every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heliu.capital.bank import freezing
from heliu.capital.lending import queries as lending
from heliu.capital.terms import queries as terms
from heliu.commerce.cases import queries as cases
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue.policies import line_of, words_in
from heliu.commerce.ordering import queries as ordering
from heliu.commerce.quotes import queries as quotes
from heliu.commerce.returns import queries as returns
from heliu.commerce.spending import queries as spending
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties import queries as parties
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.transport import queries as transport
from heliu.portal.deal.rows import DealRow, deal_rows
from heliu.portal.shell.places import BUYS, KEEPS, SELLS, places
from heliu.portal.shell.records import Goods
from heliu.portal.ui.frame import NavHead, NavItem
from heliu.trade import deals, sales

MOST = 8
"""Of each kind; the palette under the field shows fewer."""
IN_PALETTE = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, a line on it, where it leads, the key that leads there too."""

    label: str
    note: str
    href: str
    key: str = ""


Groups = list[tuple[str, list[Hit]]]


def find_all(
    actor: Actor, query: str, nav: Sequence[NavItem | NavHead], *, most: int = MOST
) -> Groups:
    """Groups of hits, the surest first; groups without a hit are left out. Without a query the
    pages of the desk."""
    pages = (_("Pages"), _pages(actor, query, nav, most))
    if not query:
        return [pages]
    rows = _deals(actor, query, most)
    groups = [
        (_("Documents"), [_of_deal(row) for row in rows] + _papers(actor, query, most)),
        (_("To do next"), _deeds(rows)),
        pages,
        (_("Goods"), _goods(actor, query, most)),
        (_("Parties"), _parties(actor, query, most)),
    ]
    return [(title, hits) for title, hits in groups if hits]


def _deals(actor: Actor, query: str, most: int) -> list[DealRow]:
    """Deals by their own number or that of one of their papers, or how it begins."""
    text = query.upper()
    begins = {"number__startswith": text}
    found = deals.visible_to(actor).filter(
        Q(number__startswith=text)
        | Q(order_id__in=ordering.visible_to(actor).filter(**begins).values("pk"))
        | Q(order_id__in=ordering.of_own_number(actor, query))
        | Q(pk__in=lending.visible_to(actor).filter(**begins).values("deal"))
        | Q(pk__in=pledges.visible_to(actor).filter(**begins).values("deal"))
    )
    return deal_rows(actor, list(found.order_by("-opened_at")[:most]))


def _of_deal(row: DealRow) -> Hit:
    return Hit(row.number, " · ".join(filter(None, (row.party, row.goods, row.state[0]))), row.href)


def _deeds(rows: Sequence[DealRow]) -> list[Hit]:
    """What the reader may do next with the one deal that was found."""
    if len(rows) != 1 or not rows[0].deed:
        return []
    [row] = rows
    return [Hit(row.next, row.number, row.deed)]


def _papers(actor: Actor, query: str, most: int) -> list[Hit]:
    """What has a number and a page of its own; asked only for what the number says it is."""
    text = query.upper()
    paper = PAPERS.get(text[:3])
    if paper is None:
        return []
    found = paper.visible(actor).filter(number__startswith=text).order_by("-number")[:most]
    return [Hit(row.number, paper.word(), paper.href(actor, row)) for row in found]


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper by its number: its word, which of them one sees, and where one stands."""

    word: Callable[[], str]
    visible: Callable[[Actor], QuerySet[Any]]
    href: Callable[[Actor, Any], str]


def _at(route: str) -> Callable[[Actor, Any], str]:
    return lambda actor, row: reverse(route, args=[row.number])


def _of_invoice(actor: Actor, invoice: Any) -> str:
    if invoice.seller in actor.orgs:
        return reverse("seller_receivable", args=[invoice.buyer])
    return reverse("dealer_owed_seller", args=[invoice.seller])


def _carried(actor: Actor) -> QuerySet[Any]:
    return transport.carriages_visible_to(actor).filter(carrier__in=actor.orgs)


PAPERS = {
    "CS-": Paper(lambda: pgettext("service", "Case"), cases.visible_to, _at("case")),
    "RT-": Paper(lambda: pgettext("goods", "Return"), returns.visible_to, _at("return")),
    "QT-": Paper(lambda: pgettext("prices", "Quote"), quotes.visible_to, _at("quote")),
    "PR-": Paper(lambda: _("Request"), spending.requests, _at("purchase")),
    "SL-": Paper(lambda: _("Sale"), sales.visible_to, _at("sale")),
    "FZ-": Paper(lambda: _("Frozen account"), freezing.visible_to, _at("freeze")),
    "IV-": Paper(lambda: _("Invoice"), terms.visible_to, _of_invoice),
    "SH-": Paper(lambda: _("Carriage"), _carried, _at("carrier_carriage")),
}


def _goods(actor: Actor, query: str, most: int) -> list[Hit]:
    """Goods lead to where this desk keeps them; whoever keeps none is shown none."""
    href = _goods_at(actor)
    if href is None:
        return []
    return [
        Hit(row.sku.code, row.sku.display, href(row.sku))
        for row in catalogue.search(actor, text=query, limit=most).rows
    ]


def _goods_at(actor: Actor) -> Callable[[Goods], str] | None:
    if BUYS & actor.party_roles:
        return lambda sku: reverse("dealer_goods", args=[sku.pk])
    for roles, route in ((SELLS, "seller_goods"), (KEEPS, "warehouse_stock")):
        if roles & actor.party_roles:
            return lambda sku: f"{reverse(route)}?{urlencode({'q': sku.code})}"
    return None


def _parties(actor: Actor, query: str, most: int) -> list[Hit]:
    found = parties.visible_to(actor).filter(
        Q(name__icontains=query) | Q(name_zh__icontains=query) | Q(code__iexact=query)
    )
    is_operator = "OPERATOR" in actor.party_roles

    def href(code: str) -> str:
        if is_operator:
            return reverse("operator_party", args=[code])
        return f"{reverse('deals')}?party={code}"

    return [Hit(str(org), org.city, href(org.code)) for org in found[:most]]


def _pages(actor: Actor, query: str, nav: Sequence[NavItem | NavHead], most: int) -> list[Hit]:
    """Pages by their name; without a query those of the rail."""
    wanted = query.lower()
    found = [
        Hit(label, "", href, f"g {key}" if key else "")
        for label, href, key in places(actor, nav)
        if wanted in label.lower() or f" {wanted}" in _sounds(label)
    ]
    return found[:most] if query else found


@lru_cache(maxsize=512)
def _sounds(label: str) -> str:
    """The words of a page's name with their pinyin and its initials."""
    return line_of(words_in(label))
