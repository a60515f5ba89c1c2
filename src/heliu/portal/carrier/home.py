"""All carriages: to pick up, on the way, with something wrong, delivered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.portal.carrier.carriages import carried, named_in_language, rules, stop
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.portal.ui.formats import listed

ROWS = 50
MOST_NAMED = 2


@require_GET
@desk_page
def home(request: HttpRequest) -> HttpResponse:
    """What there is to do, the oldest first; what was delivered, the newest first."""
    actor = actor_of(request)
    mine, by = carried(actor), rules()
    counts = parts.tally(mine, by)
    tab = request.GET.get("tab", "")
    if tab not in by:
        tab = next((name for name in by if counts[name]), "pick-up")
    order = "-moved_at" if tab == "delivered" else "moved_at"
    page = parts.Leaves(mine.filter(by[tab]).order_by(order, "id"), ROWS).get_page(
        request.GET.get("page")
    )
    labels = {
        "pick-up": _("To pick up"),
        "way": _("On the way"),
        "wrong": _("Exceptions"),
        "delivered": _("Delivered"),
    }
    context = {
        "tabs": [
            parts.Chip(label, f"?tab={name}", counts[name], on=name == tab)
            for name, label in labels.items()
        ],
        "rows": [row_of(one) for one in page],
        "pager": parts.pager(page, f"tab={tab}"),
    }
    return show(request, "carrier/home.html", context, here="carrier_home")


def row_of(carriage: Any) -> dict[str, Any]:
    """A carriage as the list shows it."""
    goods = carriage.waybill["goods"]
    named = listed(
        f"{named_in_language(line, 'name')} × {line['quantity']:,}" for line in goods[:MOST_NAMED]
    )
    rest = len(goods) - MOST_NAMED
    return {
        "carriage": carriage,
        "origin": stop(carriage.waybill["from"]),
        "destination": stop(carriage.waybill["to"]),
        "goods": (
            _("%(code)s, %(n)d kinds") % {"code": named, "n": len(goods)} if rest > 0 else named
        ),
    }
