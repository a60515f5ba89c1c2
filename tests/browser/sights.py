"""What can be seen of a page: where it leads, whether it fits, reads well and speaks one language."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, ViewportSize

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WIDTHS = ({"width": 320, "height": 640}, PHONE, WIDE)
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_WIDTH = ["target-size", "scrollable-region-focusable", "meta-viewport", "link-in-text-block"]
# Answer with JSON, with a picture, with a PDF, with a sheet.
NOT_PAGES = {
    "manifest", "service_worker", "dealer_suggest", "file", "deal_agreement_pdf", "deal_statement_pdf", "deal_payment_pdf",
    "deal_receipt_pdf", "bank_dealer_statement", "dealer_account_statement",
    "seller_account_statement", "seller_price_export", "seller_price_file_bad", "dealer_paper",
    "dealer_thumb", "vat_pdf", "seller_sheet_export", "addresses_export", "addresses_bad",
    "saml_metadata", "dealer_pad_bad", "api:openapi-json",
    "api:openapi-view",  # hundreds of routes, the same for everybody: looked at once
}  # fmt: skip
OF_A_KIND = {"deal": 4}  # how many pages of a route are looked at; of others one
ROWS = 6


def all_pages(page: Page) -> Iterator[str]:
    """Go to every page this person can reach by links, a few of each kind; yields the addresses.

    The page stands at the address while the caller looks at it.
    """
    seen: Counter[str] = Counter()
    waiting = deque(["/", "/sign-in/"])
    known = set(waiting)
    while waiting:
        address = waiting.popleft()
        kind = _kind(address)
        if kind in NOT_PAGES or seen[kind] >= OF_A_KIND.get(kind, 1):
            continue
        seen[kind] += 1
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        hrefs = "all => all.map((link) => link.getAttribute('href'))"
        for href in page.eval_on_selector_all("a[href]", hrefs):
            parts = urlsplit(urljoin(page.url, href))
            link = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc == urlsplit(page.url).netloc and link not in known:
                known.add(link)
                waiting.append(link)
        yield address


def _kind(address: str) -> str:
    """The route of an address."""
    try:
        return str(resolve(urlsplit(address).path).view_name)
    except Resolver404:
        raise AssertionError(f"a link leads to {address}, where nothing is") from None


def overflow(page: Page) -> str:
    """What sticks out sideways, or nothing."""
    return str(
        page.evaluate(
            """() => {
              const width = innerWidth;
              if (document.documentElement.scrollWidth <= width) return "";
              const out = [...document.querySelectorAll("body *")].filter(
                (e) => e.getBoundingClientRect().right > width + 1 && e.offsetParent);
              return out.slice(-3).map((e) => e.outerHTML.slice(0, 160)).join("\\n") || "?";
            }"""
        )
    )


def too_wide(page: Page, address: str) -> list[str]:
    """Where the page would have to be scrolled sideways, at three widths."""
    found = []
    for size in WIDTHS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if out := overflow(page):
            found.append(f"{address} at {size['width']}: sticks out: {out}")
    return found


def shorten(page: Page) -> None:
    """Leave the first rows of long lists: the others are made by the same lines of a template."""
    page.evaluate(
        "rows => document.querySelectorAll(`tbody tr:nth-child(n+${rows})`).forEach("
        "(row) => row.remove())",
        ROWS + 1,
    )


def in_whole(page: Page, size: ViewportSize) -> None:
    """The page at this width, as high as it is long: nothing that stays in sight lies over another
    thing, which a person would move from under it."""
    page.set_viewport_size(size)
    long = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**size, "height": max(size["height"], long)})


def barriers(page: Page, rules: list[str] = ALL) -> list[str]:
    """What axe finds against WCAG 2.2 AA, by all its rules or by some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    answer = page.evaluate("options => axe.run(options)", options)
    return [
        f"{broken['id']}: {broken['help']}: {node['html'][:200]} {node['failureSummary'][-160:]}"
        for broken in answer["violations"]
        for node in broken["nodes"]
    ]


# What a Chinese page may say in Latin letters: names and codes (with a digit, an @, or all capitals;
# or marked translate=no), units, keys.
LATIN = {"Heliu", "English", "Ctrl", "Enter", "Delete", "Esc", "xlsx", "xls", "csv", "ms", "https"}
CODE = re.compile(r"\S*[\d@]\S*")
WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z]+|[A-Za-z]+[a-z][A-Za-z]*")


def english(page: Page, names: Iterable[str] = ()) -> list[str]:
    """Lines of a Chinese page that speak English: those with Latin words beyond names and codes."""
    lines = page.evaluate(
        """() => {
          const said = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node; (node = walker.nextNode());) {
            const of = node.parentElement;
            if (of.closest("script, style, [lang=en], [translate=no], .paper")) continue;
            said.add(node.data.trim());
          }
          for (const e of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
            if (e.closest("[lang=en], [translate=no], .paper")) continue;
            for (const name of ["aria-label", "placeholder", "title"]) {
              said.add((e.getAttribute(name) || "").trim());
            }
          }
          said.add(document.title);
          return [...said].filter(Boolean);
        }"""
    )
    named = re.compile("|".join(map(re.escape, names)) or r"(?!)")
    return [line for line in lines if set(WORD.findall(CODE.sub("", named.sub("", line)))) - LATIN]
