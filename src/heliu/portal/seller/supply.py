"""What the seller will have: who waits for goods, what is expected, and how far back-orders go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.logistics.stock import back_orders as stock
from heliu.logistics.warehousing import queries as houses
from heliu.portal.shell import sheets
from heliu.portal.shell.marks import marks_typed
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.shell.records import House
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import back_orders, deals, tiers
from heliu.trade.back_orders import Waiting

HERE = "seller_supply"
MOST = 200


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An open line that waits, or is ready, with whose order it is."""

    order: Any
    buyer: House | None
    code: str
    name: str
    line: Waiting


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The queue in the order of placement, then what is expected, then what is allowed."""
    actor, at = actor_of(request), now(request)
    expected = stock.visible_to(actor).filter(status="OPEN")
    context = {
        "queue": _queue(actor),
        "to_send": _to_send(actor),
        "expected": expected[:MOST],
        "today": day_of(at),
        "allowed": stock.allowed(actor)[:MOST],
        "may_sell": actor.may("sell"),
        "may_ship": actor.may("ship"),
    }
    return show(request, "seller/supply.html", context, here=HERE)


def _to_send(actor: Actor) -> list[tuple[ordering.Due, House | None, str, str]]:
    """What is to leave by which day: whose order it is, what is promised to it of service, and the
    sheet on which it is sent."""
    found = ordering.to_send(actor)
    known = names({one.buyer for one in found})
    numbers = deals.numbers_of(actor, {one.order for one in found})
    served = tiers.standings_of(actor, sorted({one.buyer for one in found}))
    return [
        (
            one, known.get(one.buyer),
            served[one.buyer].served if one.buyer in served else "",
            f"{reverse('deal_ship', args=[numbers[one.order]])}"
            f"?by={one.day.isoformat() if one.day else 'now'}",
        )
        for one in found
        if one.order in numbers
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@desk_page
def allow(request: HttpRequest) -> HttpResponse:
    """The sheet on which back-orders are allowed for goods, or ended."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")

    def do() -> str:
        sku = _named(actor, request)
        stock.allow(sku, _whole(request, "most"), actor=actor, at=at)
        say(request, _("Back-orders are set."))
        return reverse(HERE)

    sheet = Sheet(
        heading=_("Allow back-orders"),
        crumbs=((_("Supply"), reverse(HERE)),),
        asks=(
            Ask("code", _("Goods, by code"), request.GET.get("code", "")),
            Ask(
                "most",
                _("Pieces beyond what lies there"),
                request.GET.get("most", ""),
                "number",
                help=_("So many may wait at a time; 0 ends it."),
            ),
        ),
        will=(
            Will(_("Buyers may order more than lies there, up to this")),
            Will(_("Goods go to who ordered first; nobody is passed over")),
        ),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def expect(request: HttpRequest) -> HttpResponse:
    """The sheet on which the seller writes down goods that will come."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")

    def do() -> str:
        stock.expect(
            _named(actor, request),
            _whole(request, "quantity"),
            _day(request),
            note=request.POST.get("note", ""),
            actor=actor,
            at=at,
        )
        say(request, _("Buyers read now when there is more."))
        return reverse(HERE)

    sheet = Sheet(
        heading=_("Goods that will come"),
        crumbs=((_("Supply"), reverse(HERE)),),
        asks=(
            Ask("code", _("Goods, by code"), request.GET.get("code", "")),
            Ask("quantity", _("Pieces"), "", "number"),
            Ask("day", _("Expected on"), "", "date"),
            Ask("note", _("From whom, or what for"), is_needed=False),
        ),
        will=(Will(_("Who waits, and who looks, reads this day")),),
        button=_("Write down"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def arrived(request: HttpRequest, expected: UUID) -> HttpResponse:
    """The sheet on which goods that were expected are taken in."""
    actor, at = actor_of(request), now(request)
    actor.require("ship")
    found = get_object_or_404(stock.visible_to(actor), pk=expected)
    mine = houses.own_houses(actor)

    def do() -> str:
        chosen = request.POST.get("house", "")
        back_orders.arrived(
            found.pk,
            _whole(request, "quantity"),
            house=next((one.pk for one in mine if str(one.pk) == chosen), None),
            marks=marks_typed(
                request.POST.get("marks", ""),
                found.sku.tracking,
                whole=_whole(request, "quantity"),
                field="marks",
            ),
            actor=actor,
            at=at,
        )
        say(request, _("The goods are taken in; who waited for them is told."))
        return reverse(HERE)

    sheet = Sheet(
        heading=_("Goods have come: %(code)s") % {"code": found.sku.code},
        crumbs=((_("Supply"), reverse(HERE)),),
        asks=(
            Ask("quantity", _("Pieces"), str(found.quantity), "number"),
            Ask(
                "house",
                _("Into which house"),
                kind="choice",
                options=tuple((str(one.pk), one.display) for one in mine),
            ),
            *_named_by(found.sku),
        ),
        will=(
            Will(_("They serve the orders that wait, the first placed first")),
            Will(_("Fewer than expected: the rest is not expected any more")),
        ),
        button=_("Take in"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


def _named_by(sku: Any) -> tuple[Ask, ...]:
    """The field for what pieces carry, where they are told apart."""
    if not sku.tracking:
        return ()
    is_serial = sku.tracking == "SERIAL"
    return (
        Ask(
            "marks",
            _("Serial numbers") if is_serial else _("Lots"),
            kind="lines",
            help=_("Scan each piece; one number on each line.")
            if is_serial
            else _("On each line a lot, its pieces and its last day: L7 120 2027-05-31."),
        ),
    )


@require_http_methods(["GET", "POST"])
@desk_page
def postpone(request: HttpRequest, expected: UUID) -> HttpResponse:
    """The sheet on which expected goods get another day."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")
    found = get_object_or_404(stock.visible_to(actor), pk=expected)

    def do() -> str:
        stock.postpone(found.pk, _day(request), actor=actor, at=at)
        say(request, _("Who waits reads the new day."))
        return reverse(HERE)

    sheet = Sheet(
        heading=_("Another day for %(code)s") % {"code": found.sku.code},
        crumbs=((_("Supply"), reverse(HERE)),),
        asks=(Ask("day", _("Expected on"), found.day.isoformat(), "date"),),
        will=(Will(_("Who waits, and who looks, reads this day")),),
        button=_("Write down"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_POST
@desk_page
def call_off(request: HttpRequest, expected: UUID) -> HttpResponse:
    """Expected goods will not come."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        stock.call_off(expected, actor=actor, at=at)
        say(request, _("These goods are not expected any more."))
        return reverse(HERE)

    return deed(request, do)


def _queue(actor: Actor) -> list[QueueRow]:
    lines = back_orders.queue(actor.own_org)[:MOST]
    found = ordering.lines_visible_to(actor).filter(pk__in=[one.line for one in lines])
    goods = {line.pk: line for line in found.select_related("sku", "order")}
    known = names(line.buyer for line in goods.values())
    rows = [
        QueueRow(
            goods[one.line].order,
            known.get(goods[one.line].buyer),
            goods[one.line].sku.code,
            goods[one.line].sku.display,
            one,
        )
        for one in lines
        if one.line in goods
    ]
    return sorted(rows, key=lambda row: (row.code, row.order.placed_at, row.order.pk))


def _named(actor: Actor, request: HttpRequest) -> UUID:
    """The seller's goods of the code that was typed."""
    code = request.POST.get("code", "").strip()
    sku = stock.goods_of(actor, code)
    if sku is None:
        raise Invalid("sku-unknown", "You have no goods with this code.", field="code")
    return sku


def _day(request: HttpRequest) -> date:
    try:
        day = parse_date(request.POST.get("day", "").strip())
    except ValueError:
        day = None
    if day is None:
        raise Invalid("day-unreadable", "This day cannot be read.", field="day")
    return day


def _whole(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "").replace(",", "").strip()
    if not text.isdecimal() or len(text) > 9:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field=name)
    return int(text)
