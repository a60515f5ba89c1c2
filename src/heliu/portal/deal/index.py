"""The list of deals, for every desk."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.parties import queries as parties
from heliu.portal.deal.rows import deal_rows
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.trade import deals

ROWS = 50
TABS = ("open", "done", "all")


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Deals newest first: under way, done, all; found by number or by the other party."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    text, party = request.GET.get("q", "").strip().upper(), request.GET.get("party", "")
    mine = deals.visible_to(actor)
    if text:
        orders = ordering.visible_to(actor).filter(number__startswith=text).values("pk")
        mine = mine.filter(Q(number__startswith=text) | Q(order_id__in=orders))
    if party:
        ids = list(parties.visible_to(actor).filter(code=party).values_list("pk", flat=True))
        mine = mine.filter(
            Q(buyer__in=ids) | Q(seller__in=ids) | Q(lender__in=ids) | Q(custodian__in=ids)
        )
    shown = {"open": mine.filter(outcome="OPEN"), "done": mine.exclude(outcome="OPEN")}.get(
        tab, mine
    )
    page = Paginator(shown.order_by("-opened_at", "-id"), ROWS).get_page(request.GET.get("page"))
    context = {
        "tabs": _tabs(mine, tab, text, party),
        "tab_on": tab,
        "text": text,
        "rows": deal_rows(actor, list(page)),
        "pager": parts.pager(page, _query(tab, text, party)),
        "may_order": actor.may("order"),
        "remark": party,
    }
    return show(request, "deal/index.html", context, here="deals")


def _tabs(mine: Any, tab: str, text: str, party: str) -> list[parts.Chip]:
    counts = {"open": mine.filter(outcome="OPEN").count(), "all": mine.count()}
    counts["done"] = counts["all"] - counts["open"]
    words = {"open": _("Under way"), "done": _("Done"), "all": _("All")}
    return [
        parts.Chip(words[key], "?" + _query(key, text, party), counts[key], on=key == tab)
        for key in TABS
    ]


def _query(tab: str, text: str, party: str) -> str:
    return urlencode({k: v for k, v in (("tab", tab), ("q", text), ("party", party)) if v})
