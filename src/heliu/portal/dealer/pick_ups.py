"""Pick-ups: released goods, and the code that opens the gate for them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.events import queries as events
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries
from heliu.logistics.pledges.operations import codes
from heliu.logistics.pledges.policies import digest_of
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.shell.goods import goods_told
from heliu.portal.shell.pages import actor_of, desk_page, now, say, see_other, show

SESSION_CODES = "pick_up_codes"


@require_GET
@desk_page
def pick_ups(request: HttpRequest) -> HttpResponse:
    """What can be fetched, by warehouse, the soonest to expire first."""
    actor = actor_of(request)
    orders = list(queries.pick_ups(actor).filter(taker__in=actor.orgs))
    houses, gates = names(order.custodian for order in orders), _gates(actor, orders)
    context = {
        "rows": [
            {
                "order": order,
                "house": houses.get(order.custodian),
                "gates": gates[order.pk],
                "goods": goods_told(order.lines.all()),
            }
            for order in orders
        ],
        "done": queries.releases_visible_to(actor).filter(taker__in=actor.orgs, status="PICKED_UP")[
            :10
        ],
    }
    return show(request, "dealer/pick_ups.html", context, here="dealer_pick_ups")


@require_http_methods(["GET", "POST"])
@desk_page
def code(request: HttpRequest, number: str) -> HttpResponse:
    """The code as QR and in words; a post makes a fresh one, and the old one is void."""
    actor, at = actor_of(request), now(request)
    found = queries.releases_visible_to(actor).filter(number=number)
    order = found.prefetch_related("lines__sku", "lines__stock_row").first()
    if order is None or order.taker not in actor.orgs:
        raise Http404
    if request.method == "POST":
        fresh = codes.renew_code(order, actor=actor, at=at)
        request.session[SESSION_CODES] = {
            **request.session.get(SESSION_CODES, {}),
            order.number: fresh,
        }
        say(request, _("This is a new code; the old one opens nothing any more."))
        return see_other(reverse("dealer_code", args=[number]))
    known = _known_code(request, actor, order)
    context = {
        "order": order,
        "house": names([order.custodian]).get(order.custodian),
        "gates": _gates(actor, [order])[order.pk],
        "lines": order.lines.all(),
        "code": known,
        "qr": _qr(known) if known else "",
        "is_open": order.status == "RELEASED" and order.code_valid_until > at,
        "is_done": order.status == "PICKED_UP",
    }
    return show(request, "dealer/code.html", context, here="dealer_pick_ups")


def _gates(actor: Actor, orders: Sequence[Any]) -> dict[UUID, list[Any]]:
    """The buildings in which the goods of each release order lie, by order; none for goods that lie
    in no bin."""
    bins = {
        order.pk: [line.stock_row.bin for line in order.lines.all() if line.stock_row.bin]
        for order in orders
    }
    gates = warehousing.gates(actor, {one for lying in bins.values() for one in lying})
    return {
        order: list({gates[one].pk: gates[one] for one in lying if one in gates}.values())
        for order, lying in bins.items()
    }


def _known_code(request: HttpRequest, actor: Actor, order: Any) -> str:
    """The code as the inbox or this session holds it, if it still is the one that opens.

    Only its digest is kept with the order, so it can be shown but not looked up.
    """
    told = events.inbox(actor).filter(kind="goods-released", at=order.released_at)
    candidates: list[str] = [request.session.get(SESSION_CODES, {}).get(order.number, "")]
    candidates += [notice.params.get("code", "") for notice in told]
    for candidate in candidates:
        if candidate and digest_of(candidate, settings.SECRET_KEY) == order.code_digest:
            return candidate
    return ""


def _qr(text: str) -> SafeString:
    """The code as a drawing: dark on light in both themes, four modules of quiet zone."""
    drawn = BytesIO()
    segno.make(text.replace(" ", ""), error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, dark="#000"
    )
    return SafeString(drawn.getvalue().decode())
