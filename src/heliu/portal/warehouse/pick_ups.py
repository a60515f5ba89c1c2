"""Release orders: what waits to be fetched and what was handed over."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.logistics.pledges import queries as pledges
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.portal.warehouse.releases import release_rows

ROWS = 50


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What waits, the soonest to expire first; or all, the newest first."""
    actor, tab = actor_of(request), request.GET.get("tab", "waiting")
    mine = pledges.releases_visible_to(actor).filter(custodian__in=actor.orgs)
    waiting = pledges.pick_ups(actor).filter(custodian__in=actor.orgs)
    done = mine.filter(status="PICKED_UP")
    shown = {"done": done, "all": mine}.get(tab, waiting)
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    words = (("waiting", _("Waiting"), waiting), ("done", _("Handed over"), done))
    context = {
        "tabs": [
            parts.Chip(label, f"?tab={key}", found.count(), on=key == tab)
            for key, label, found in (*words, ("all", _("All"), mine))
        ],
        "tab_on": tab,
        "rows": release_rows(actor, list(page)),
        "pager": parts.pager(page, f"tab={tab}"),
        "may_pick": actor.may("pick"),
    }
    return show(request, "warehouse/pick_ups.html", context, here="warehouse_pick_ups")
