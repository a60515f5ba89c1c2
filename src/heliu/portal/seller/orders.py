"""The seller's orders: by status, by number, by dealer; several confirmed at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties import queries as parties
from heliu.portal.seller.addresses import address, id_in
from heliu.portal.seller.rows import TO_CONFIRM, TO_SHIP, order_rows
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.shell.records import House
from heliu.portal.ui import formats, parts
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell
from heliu.trade import confirming

ROWS = 50
HEADS = (
    Head("number", gettext_lazy("Number"), by="placed_at", is_cheap=True),
    Head("placed", gettext_lazy("Placed on"), "day"),
    Head("code", gettext_lazy("Dealer's code")),
    Head("dealer", gettext_lazy("Dealer")),
    Head("external", gettext_lazy("Its own number")),
    Head("total", gettext_lazy("Amount, CNY"), "money", by="total", css="n"),
    Head("pay_by", gettext_lazy("Paid by")),
    Head("status", gettext_lazy("State")),
    Head("abroad", gettext_lazy("Amount in another currency")),
)
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
    """Orders newest first or as they are sorted; the address holds tab, text, dealer, order and the
    place in the list."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "all")
    tab = tab if tab in TABS else "all"
    text = request.GET.get("q", "").strip()
    party = _dealer(actor, request.GET.get("party", ""))
    listing = Listing(request.GET, HEADS, "-number")
    found = ordering.filtered(
        actor,
        side="seller",
        statuses=TABS[tab],
        text=text,
        counterparty=party.pk if party else None,
    )
    if listing.form:
        return _file(listing, found)
    after = id_in(request.GET.get("after", ""))
    last = ordering.visible_to(actor).filter(pk=after).first() if after else None
    orders = list(listing.after(found, last)[: ROWS + 1])
    rows = order_rows(actor, orders[:ROWS])
    code = party.code if party else ""
    context = {
        "listing": listing,
        "tabs": _tabs(actor, tab, text, code),
        "tab_on": tab,
        "text": text,
        "party": party,
        "rows": rows,
        "may_confirm": any(row.confirm for row in rows),
        "next_href": listing.next(orders[ROWS - 1].pk) if len(orders) > ROWS else "",
        "first_href": f"?{listing.query}" if last else "",
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


def _file(listing: Listing, found: Any) -> HttpResponse:
    """The list as a file: what an order is, whose, and where it stands."""
    orders = list(listing.sorted(found)[: MOST + 1])
    houses = parties.names({order.buyer for order in orders})

    def cells(order: Any) -> tuple[Cell, ...]:
        house = houses.get(order.buyer)
        return (
            order.number,
            timezone.localdate(order.placed_at, formats.ORGANISATION_ZONE),
            house.code if house else "",
            house.display if house else "",
            order.external_id,
            order.total if order.currency == CURRENCY else None,
            order.get_pay_by_display(),
            order.get_status_display(),
            formats.abroad(order.total, order.currency),
        )

    return listing.taken_away(_("Orders"), "orders", orders, cells)


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


def _address(tab: str, text: str, party: str) -> str:
    return address(tab=tab, q=text, party=party)
