"""The public pages: nobody is signed in here, nothing is told of anybody, and caches may keep them.

Each page stands once in each language under an address of its own; `canonical` and `hreflang` say
so to search engines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heliu.commerce.catalogue import public
from heliu.kernel import clock
from heliu.kernel.errors import NotFound
from heliu.kernel.files.serving import public_picture
from heliu.portal.ui.formats import money_text

ROWS = 48
LANGUAGES = {"zh": "zh-hans", "en": "en"}
HREFLANG = {"zh": "zh-Hans", "en": "en"}
DIGEST = re.compile(r"[0-9a-f]{64}")
KEPT = "public, max-age=300, stale-while-revalidate=3600"
LONG = "public, max-age=86400"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST_WORDS = 155  # of a description


@require_safe
def home(request: HttpRequest, lang: str, seller: str) -> HttpResponse:
    """A seller's shop: its categories and its goods by code."""
    return _page(
        request,
        lang,
        seller,
        "shop_home",
        lambda shop: _shelf(request, shop, public.branches(shop)),
    )


@require_safe
def category(request: HttpRequest, lang: str, seller: str, code: str) -> HttpResponse:
    """The goods of a category and those below it."""

    def told(shop: public.Shop) -> dict[str, Any]:
        tree = public.branches(shop)
        found = next((one for one in tree if one.code == code), None)
        if found is None:
            raise NotFound()
        return _shelf(request, shop, tree, found.id) | {
            "branch": found,
            "title": f"{found.display} · {shop.display}",
            "description": _("%(category)s for the trade, from %(seller)s")
            % {"category": found.display, "seller": shop.display},
        }

    return _page(request, lang, seller, "shop_category", told, code=code)


@require_safe
def goods(request: HttpRequest, lang: str, seller: str, code: str) -> HttpResponse:
    """An article with what is told of it to everybody."""

    def told(shop: public.Shop) -> dict[str, Any]:
        one = public.article(shop, code, clock.now())
        values = ", ".join(f"{name} {value}" for name, value in one.values)
        text = one.about or f"{one.display}, {one.family}. {values}"
        return {
            "one": one,
            "template": "shop/goods.html",
            "title": f"{one.display} {one.code} · {shop.display}",
            "description": _cut(text),
            "lineage": _lineage(shop, one.category),
            "ld": _product(request, shop, one),
        }

    return _page(request, lang, seller, "shop_goods", told, code=code)


@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """A small picture of goods that everybody may see."""
    if not DIGEST.fullmatch(digest) or not public.shows_picture(digest):
        raise Http404
    return public_picture(request, digest, LONG)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read the public pages and nothing else."""
    lines = (
        "User-agent: *",
        "Allow: /shop/",
        "Allow: /static/",
        "Disallow: /",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemaps'))}",
    )
    answer = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = LONG
    return answer


@require_safe
def sitemaps(request: HttpRequest) -> HttpResponse:
    """The index of the sitemaps: as many as there are public pages for."""
    there = request.build_absolute_uri(reverse("sitemap_pages"))
    begins = [
        f"{there}?{urlencode({'seller': seller, 'after': after})}" if seller else there
        for seller, after in public.sitemaps()
    ]
    rows = "".join(f"<sitemap><loc>{escape(one)}</loc></sitemap>" for one in begins)
    return _xml(f'<sitemapindex xmlns="{SITEMAP}">{rows}</sitemapindex>')


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses of public pages in both languages, each naming the other: those behind the one
    that the index named."""
    begin = [request.GET.get(name, "")[:90].replace("\x00", "") for name in ("seller", "after")]
    urls = []
    for seller, kind, code in public.addresses(*begin):
        named = {"seller": seller} | ({"code": code} if kind != "home" else {})
        there = _languages(request, f"shop_{kind}", named)
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tongue}" href="{escape(href)}"/>'
            for tongue, href in there
        )
        urls += [f"<url><loc>{escape(href)}</loc>{links}</url>" for _tongue, href in there]
    head = f'<urlset xmlns="{SITEMAP}" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    return _xml(f"{head}{''.join(urls)}</urlset>")


def _xml(body: str) -> HttpResponse:
    answer = HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n',
        content_type="application/xml; charset=utf-8",
    )
    answer["Cache-Control"] = LONG
    return answer


def _page(
    request: HttpRequest,
    lang: str,
    seller: str,
    route: str,
    tell: Callable[[public.Shop], dict[str, Any]],
    **named: str,
) -> HttpResponse:
    """A public page in the language of its address. It is drawn without the request: no cookie, no
    session and no token of a form can get into what a cache keeps."""
    if lang not in LANGUAGES:
        raise Http404
    with translation.override(LANGUAGES[lang]):
        try:
            shop = public.shop(seller)
            told = tell(shop)
        except NotFound:
            raise Http404 from None
        there = _languages(request, route, {"seller": seller, **named})
        context = {
            "shop": shop,
            "lang": lang,
            "html_language": HREFLANG[lang],
            "canonical": request.build_absolute_uri(request.path),
            "alternates": there,
            "other": next(one for one in there if one[0] != HREFLANG[lang]),
            "robots": "noindex, follow" if request.GET.get("after") else "index, follow",
            **told,
        }
        answer = HttpResponse(render_to_string(context["template"], context))
        answer["Content-Language"] = HREFLANG[lang]
    answer["Cache-Control"] = KEPT
    return answer


def _shelf(
    request: HttpRequest,
    shop: public.Shop,
    tree: Sequence[public.Branch],
    branch: UUID | None = None,
) -> dict[str, Any]:
    after = request.GET.get("after", "")[:40].replace("\x00", "")
    rows = public.goods(shop, branch, after=after, limit=ROWS + 1, at=clock.now())
    more, rows = len(rows) > ROWS, rows[:ROWS]
    place = f" ({shop.place})" if shop.place else ""
    return {
        "template": "shop/shelf.html",
        "rows": rows,
        "branches": tree,
        "after": rows[-1].code if more else "",
        "title": f"{shop.display}{place}",
        "description": _("%(seller)s: goods for the trade. Sign up to see your own price.")
        % {"seller": shop.display},
        "ld": _graph({"@type": "Organization", "name": shop.display}),
    }


def _languages(
    request: HttpRequest, route: str, named: dict[str, str]
) -> Sequence[tuple[str, str]]:
    """The page in each language: (hreflang, address)."""
    return [
        (HREFLANG[lang], request.build_absolute_uri(reverse(route, kwargs={**named, "lang": lang})))
        for lang in LANGUAGES
    ]


def _lineage(shop: public.Shop, code: str) -> list[public.Branch]:
    tree = {one.id: one for one in public.branches(shop)}
    found: list[public.Branch] = []
    step = next((one for one in tree.values() if one.code == code), None)
    while step is not None:
        found.insert(0, step)
        step = tree.get(step.parent) if step.parent else None
    return found


def _product(request: HttpRequest, shop: public.Shop, one: public.Article) -> str:
    """The article as schema.org tells it; an offer only where the seller shows its price."""
    told: dict[str, Any] = {
        "@type": "Product",
        "name": one.display,
        "sku": one.code,
        "category": one.family,
        "description": _cut(one.about or one.display),
        "additionalProperty": [
            {"@type": "PropertyValue", "name": name, "value": value} for name, value in one.values
        ],
    }
    if len(one.barcode) in (8, 12, 13, 14):
        told[f"gtin{len(one.barcode)}"] = one.barcode
    if one.pictures:
        told["image"] = [
            request.build_absolute_uri(reverse("shop_picture", args=[digest]))
            for digest in one.pictures
        ]
    if one.price is not None:
        told["offers"] = {
            "@type": "Offer",
            "priceCurrency": "CNY",
            "price": money_text(one.price).replace(",", ""),
            "seller": {"@type": "Organization", "name": shop.display},
        }
    return _graph(told)


def _graph(told: dict[str, Any]) -> str:
    """JSON that stands in a page and cannot end its element."""
    text = json.dumps({"@context": "https://schema.org", **told}, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(text)  # noqa: S308 - every sign that could end the element is escaped


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MOST_WORDS else plain[: MOST_WORDS - 1].rstrip() + "…"
