"""The seller's first page: what to confirm, what to ship, what money came, what goes back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from heliu.kernel.clock import day_of
from heliu.kernel.money import CURRENCY
from heliu.portal.seller.money import Arrival, arrived_on, differences, refunds_due
from heliu.portal.seller.rows import order_rows, to_confirm, to_ship
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.parts import Figure

MOST = 8


@require_GET
@desk_page
def home(request: HttpRequest) -> HttpResponse:
    """The day's work, oldest first, and the day's money."""
    actor, today = actor_of(request), day_of(now(request))
    confirming, shipping = to_confirm(actor), to_ship(actor)
    money, due = arrived_on(actor, today), refunds_due(actor)
    short = differences(actor)
    context = {
        "today": today,
        "figures": [
            _orders(_("To confirm"), confirming, "placed"),
            _orders(_("To ship"), shipping, "confirmed"),
            _arrived(money),
            _refunds(due, short.count()),
        ],
        "confirming": order_rows(actor, list(confirming.order_by("placed_at", "id")[:MOST])),
        "shipping": order_rows(actor, list(shipping.order_by("confirmed_at", "id")[:MOST])),
        "money": money,
        "money_total": sum(one.minor for one in money if one.currency == CURRENCY),
        "due": due[:MOST],
        "short": short[:MOST],
    }
    return show(request, "seller/home.html", context, here="seller_home")


def _orders(label: str, found: QuerySet[Any], tab: str) -> Figure:
    number = found.count()
    return Figure(
        label,
        minor=found.filter(currency=CURRENCY).aggregate(sum=Sum("total"))["sum"] or 0,
        note=ngettext("%(n)d order", "%(n)d orders", number) % {"n": number},
        href=f"{reverse('seller_orders')}?tab={tab}",
    )


def _arrived(money: list[Arrival]) -> Figure:
    return Figure(
        _("Arrived today"),
        minor=sum(one.minor for one in money if one.currency == CURRENCY),
        note=ngettext("%(n)d payment", "%(n)d payments", len(money)) % {"n": len(money)},
        href="#money",
    )


def _refunds(due: QuerySet[Any], short: int) -> Figure:
    return Figure(
        _("Refunds due"),
        minor=due.aggregate(sum=Sum("amount"))["sum"] or 0,
        note=ngettext("%(n)d count differs", "%(n)d counts differ", short) % {"n": short},
        href=reverse("seller_refunds"),
        tone="bad" if due.filter(status="REJECTED").exists() else "",
    )
