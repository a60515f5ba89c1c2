"""Warehouse receipts the house has issued."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.shell.goods import goods_told
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.trade import deals

ROWS = 50
STATES = {
    "all": (),
    "pledged": ("PLEDGED",),
    "open": ("ISSUED", "PART_DELIVERED"),
    "done": ("DELIVERED",),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Newest first, by state, found by the beginning of the number."""
    actor, tab = actor_of(request), request.GET.get("tab", "all")
    text = request.GET.get("q", "").strip().upper()
    mine = warehousing.receipts_visible_to(actor).filter(warehouse__in=actor.orgs)
    shown = mine.filter(status__in=STATES[tab]) if STATES.get(tab) else mine
    if text:
        shown = shown.filter(number__startswith=text)
    page = parts.Leaves(shown.prefetch_related("lines__sku"), ROWS).get_page(
        request.GET.get("page")
    )
    words = {"all": _("All"), "pledged": _("Pledged"), "open": _("Free"), "done": _("Delivered")}
    counts = parts.tally(
        mine, {key: Q(status__in=STATES[key]) if STATES[key] else Q() for key in words}
    )
    context = {
        "tabs": [
            parts.Chip(
                label,
                f"?tab={key}",
                counts[key],
                on=key == tab,
            )
            for key, label in words.items()
        ],
        "tab_on": tab,
        "text": text,
        "rows": _rows(actor, list(page)),
        "pager": parts.pager(page, f"tab={tab}&q={text}" if text else f"tab={tab}"),
    }
    return show(request, "warehouse/receipts.html", context, here="warehouse_receipts")


def _rows(actor: Actor, receipts: list[Any]) -> list[dict[str, Any]]:
    houses = names(org for one in receipts for org in (one.owner, one.holder))
    deal_of = dict(
        pledges.visible_to(actor)
        .filter(pk__in=[one.pledge for one in receipts if one.pledge])
        .values_list("pk", "deal")
    )
    numbers = dict(
        deals.visible_to(actor).filter(pk__in=deal_of.values()).values_list("pk", "number")
    )
    return [
        {
            "receipt": one,
            "deal": numbers.get(deal_of[one.pledge], "") if one.pledge in deal_of else "",
            "owner": houses.get(one.owner),
            "holder": houses.get(one.holder),
            "goods": goods_told(one.lines.all()),
            "pieces": sum(line.quantity for line in one.lines.all()),
            "left": sum(line.quantity - line.delivered for line in one.lines.all()),
        }
        for one in receipts
    ]
