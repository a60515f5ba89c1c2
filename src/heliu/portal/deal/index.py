"""The list of deals, for every desk."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties import queries as parties
from heliu.portal.deal.rows import DealRow, deal_rows
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import formats, parts
from heliu.portal.ui.listing import Head, Listing
from heliu.portal.ui.sheets import Cell
from heliu.trade import deals

ROWS = 50
MOST = 5_000
"""Rows of a file: each needs its order's goods, its loan and its pledge."""
HEADS = (
    Head("number", gettext_lazy("Number")),
    Head("opened", gettext_lazy("Begun on"), "day"),
    Head("party", gettext_lazy("With")),
    Head("goods", gettext_lazy("Goods")),
    Head("total", gettext_lazy("Amount, CNY"), "money"),
    Head("state", gettext_lazy("State")),
    Head("next", gettext_lazy("Next")),
    Head("abroad", gettext_lazy("Amount in another currency")),
)
OUTCOMES = {"open": Q(outcome="OPEN"), "done": ~Q(outcome="OPEN"), "all": Q()}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Deals newest first: under way, done, all; found by number or by the other party."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in OUTCOMES else "open"
    text, party = request.GET.get("q", "").strip(), request.GET.get("party", "")
    wanted = _wanted(actor, text, party)
    listing = Listing(request.GET, HEADS, "")
    if listing.form:
        return _file(listing, actor, wanted & OUTCOMES[tab])
    last = deals.visible_to(actor).filter(number=request.GET.get("after", "")).first()
    found = deals.newest(actor, wanted & OUTCOMES[tab], after=last, limit=ROWS + 1)
    query = _query(tab, text, party)
    context = {
        "listing": listing,
        "tabs": _tabs(actor, wanted, tab, text, party),
        "tab_on": tab,
        "text": text,
        "rows": deal_rows(actor, found[:ROWS]),
        "next_href": f"?{query}&after={found[ROWS - 1].number}" if len(found) > ROWS else "",
        "first_href": f"?{query}" if last else "",
        "may_order": actor.may("order"),
        "remark": party,
    }
    return show(request, "deal/index.html", context, here="deals")


def _file(listing: Listing, actor: Actor, wanted: Q) -> HttpResponse:
    """The list as a file, the newest first."""

    def cells(row: DealRow) -> tuple[Cell, ...]:
        opened = timezone.localdate(row.at, formats.ORGANISATION_ZONE)
        total = row.total if row.currency == CURRENCY else None
        return (
            row.number, opened, row.party, row.goods, total, str(row.state[0]), row.next,
            formats.abroad(row.total, row.currency),
        )  # fmt: skip

    rows = deal_rows(actor, deals.newest(actor, wanted, limit=MOST + 1))
    return listing.taken_away(_("Deals"), "deals", rows, cells, most=MOST)


def _wanted(actor: Actor, text: str, party: str) -> Q:
    """What the deals are narrowed by: a number's beginning or the buyer's own number, the other
    party's code."""
    wanted = Q()
    number = text.upper()
    if number.startswith("SO-"):
        orders = ordering.filtered(actor, text=text).values_list("pk", flat=True)
        wanted &= Q(order_id__in=list(orders[: ROWS + 1]))
    elif text:
        own = Q(order_id__in=ordering.of_own_number(actor, text))
        wanted &= own | Q(number__gte=number, number__lt=number + chr(0x10FFFF))
    if party:
        ids = list(parties.visible_to(actor).filter(code=party).values_list("pk", flat=True))
        wanted &= Q(buyer__in=ids) | Q(seller__in=ids) | Q(lender__in=ids) | Q(custodian__in=ids)
    return wanted


def _tabs(actor: Actor, wanted: Q, tab: str, text: str, party: str) -> list[parts.Chip]:
    """Open and done are counted, as far as a list counts; together they are all."""
    counts = {
        key: deals.count_up_to(actor, wanted & OUTCOMES[key], parts.EXACT_UP_TO)
        for key in ("open", "done")
    }
    counts["all"] = counts["open"] + counts["done"]
    words = {"open": _("Under way"), "done": _("Done"), "all": _("All")}
    return [
        parts.Chip(words[key], "?" + _query(key, text, party), counts[key], on=key == tab)
        for key in OUTCOMES
    ]


def _query(tab: str, text: str, party: str) -> str:
    return urlencode({k: v for k, v in (("tab", tab), ("q", text), ("party", party)) if v})
