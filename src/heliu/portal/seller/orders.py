"""The seller's orders: by status, by number, by dealer; several confirmed at once."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.parties import queries as parties
from heliu.portal.seller.addresses import address, id_in
from heliu.portal.seller.rows import TO_CONFIRM, TO_SHIP, order_rows
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.shell.records import House
from heliu.portal.ui import parts
from heliu.trade import confirming

ROWS = 50
TABS: dict[str, tuple[str, ...]] = {
    "all": (),
    "placed": TO_CONFIRM,
    "confirmed": TO_SHIP,
    "shipped": ("SHIPPED",),
    "received": ("RECEIVED",),
    "done": ("COMPLETED",),
    "cancelled": ("CANCELLED",),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Orders newest first; the address holds tab, text, dealer and the place in the list."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "all")
    tab = tab if tab in TABS else "all"
    text = request.GET.get("q", "").strip()
    party = _dealer(actor, request.GET.get("party", ""))
    page = ordering.page(
        actor,
        after=id_in(request.GET.get("after", "")),
        limit=ROWS,
        side="seller",
        statuses=TABS[tab],
        text=text,
        counterparty=party.pk if party else None,
    )
    rows = order_rows(actor, page.orders)
    code = party.code if party else ""
    context = {
        "tabs": _tabs(actor, tab, text, code),
        "tab_on": tab,
        "text": text,
        "party": party,
        "rows": rows,
        "may_confirm": any(row.confirm for row in rows),
        "next_href": _address(tab, text, code, page.next_after) if page.next_after else "",
        "first_href": _address(tab, text, code) if request.GET.get("after") else "",
    }
    return show(request, "seller/orders.html", context, here="seller_orders")


@require_POST
@desk_page
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm the chosen orders: all of them, or none where one is refused."""
    actor, at = actor_of(request), now(request)
    chosen = sorted({order for text in request.POST.getlist("order") if (order := id_in(text))})

    def do() -> str:
        if not chosen:
            raise Invalid("nothing-chosen", "Choose at least one order.", field="order")
        asked = [confirming.confirm(order, actor=actor, at=at) for order in chosen]
        waiting = sum(one is not None for one in asked)
        done = len(asked) - waiting
        if done:
            words = ngettext("%(n)d order is confirmed.", "%(n)d orders are confirmed.", done)
            say(request, words % {"n": done})
        if waiting:
            words = ngettext(
                "About %(n)d order others of your house are asked.",
                "About %(n)d orders others of your house are asked.",
                waiting,
            )
            say(request, words % {"n": waiting})
        return f"{reverse('seller_orders')}?tab=placed"

    return deed(request, do)


def _tabs(actor: Actor, on: str, text: str, party: str) -> list[parts.Chip]:
    counts = ordering.status_counts(actor, side="seller")
    words = {
        "all": _("All"),
        "placed": _("Placed"),
        "confirmed": _("To ship"),
        "shipped": _("On the way"),
        "received": _("Received"),
        "done": _("Completed"),
        "cancelled": _("Cancelled"),
    }
    return [
        parts.Chip(
            words[key],
            _address(key, text, party),
            sum(counts.get(status, 0) for status in statuses or counts),
            on=key == on,
        )
        for key, statuses in TABS.items()
    ]


def _dealer(actor: Actor, code: str) -> House | None:
    return parties.visible_to(actor).filter(code=code).first() if code else None


def _address(tab: str, text: str, party: str, after: UUID | None = None) -> str:
    return address(tab=tab, q=text, party=party, after=str(after or ""))
