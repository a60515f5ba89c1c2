"""The keeper's first page: what comes, what is fetched, what differs, how full the house is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.kernel.clock import day_of
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.transport import queries as transport
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.formats import count_text, moment_text, percent_text
from heliu.portal.ui.parts import Figure
from heliu.portal.warehouse.houses import Capacity, capacity
from heliu.portal.warehouse.receive import count_rows, differing, shipment_rows
from heliu.portal.warehouse.releases import release_rows
from heliu.portal.warehouse.tries import tries

MOST = 8


@require_GET
@desk_page
def home(request: HttpRequest) -> HttpResponse:
    """The day at the gate; lists are cut, their pages have the rest."""
    actor, at = actor_of(request), now(request)
    coming, waiting = list(transport.expected(actor)), list(pledges.pick_ups(actor))
    differences = list(differing(actor))
    at_gate = sum(1 for shipment in coming if shipment.status == "ARRIVED")
    context = {
        "today": day_of(at),
        "figures": [
            _coming(len(coming), at_gate),
            _waiting(waiting, at),
            Figure(
                _("Counts that differ"),
                text=count_text(len(differences)),
                note=_("open until the sender settles"),
                href=reverse("warehouse_counts"),
            ),
            _capacity(capacity(actor)),
        ],
        "coming": shipment_rows(coming[:MOST]),
        "waiting": release_rows(actor, waiting[:MOST]),
        "counts": count_rows(differences[:MOST]),
        "tries": tries(actor, most=MOST),
    }
    return show(request, "warehouse/home.html", context, here="warehouse_home")


def _coming(number: int, at_gate: int) -> Figure:
    return Figure(
        _("On the way"),
        text=count_text(number),
        note=ngettext("%(n)d at the gate", "%(n)d at the gate", at_gate) % {"n": at_gate},
        href=reverse("warehouse_receive"),
    )


def _waiting(waiting: list[Any], at: datetime) -> Figure:
    first = next((order for order in waiting if order.code_valid_until > at), None)
    note = ""
    if first is not None:
        until = moment_text(first.code_valid_until, day_of(at), get_language() or "en")
        note = _("the next code runs out %(moment)s") % {"moment": until}
    return Figure(
        _("Pick-ups waiting"),
        text=count_text(len(waiting)),
        note=note,
        href=reverse("warehouse_pick_ups"),
    )


def _capacity(full: Capacity) -> Figure:
    share = Decimal(full.used * 100) / full.bins if full.bins else Decimal(0)
    return Figure(
        _("Bins in use"),
        text=percent_text(share, 0),
        note=_("%(used)s of %(bins)s")
        % {"used": count_text(full.used), "bins": count_text(full.bins)},
        href=reverse("warehouse_map"),
    )
