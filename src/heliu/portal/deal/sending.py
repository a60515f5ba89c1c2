"""What the seller does with the goods of an order: send them in parts, strike what cannot go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.addresses.policies import Place
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.portal.deal import sending_days
from heliu.portal.deal.reading import read
from heliu.portal.shell.marks import marks_typed
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Chip, Will
from heliu.trade import carrying, consignments, deliveries, striking


@require_http_methods(["GET", "POST"])
@desk_page
def ship(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet on which the seller sends goods: what, from which house, with whom."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    lines = [line for line in view.order.lines.all() if line.to_ship]
    carriers, chosen = carrying.carriers_of(actor), request.POST.get("carrier_id", "")
    loads = consignments.loads(actor, view.order)
    load = _load(loads, request.GET.get("house", ""))
    days, by = sending_days.by_day(lines, request.GET.get("by", ""))

    def do() -> str:
        deliveries.ship(
            view.order.pk,
            actor=actor,
            lines=_quantities(request, lines),
            marks=_marks(request, lines),
            carrier=request.POST.get("carrier", "").strip(),
            carrier_id=next((one.pk for one in carriers if str(one.pk) == chosen), None),
            house=load.house.pk if load and len(loads) > 1 else None,
            at=at,
        )
        say(request, _("The goods of %(number)s are on their way.") % {"number": view.order.number})
        return reverse("deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    known = names([view.order.warehouse])
    context = {
        "deal": view.deal,
        "order": view.order,
        "rows": _rows(request, lines, load, by),
        "told_apart": [
            (line, request.POST.get(f"marks-{line.pk}", "")) for line in lines if line.sku.tracking
        ],
        "houses": _chips(view.deal.number, loads, load) if len(loads) > 1 else [],
        "days": sending_days.chips(view.deal.number, days, by, load if len(loads) > 1 else None),
        "house": load.house if load and len(loads) > 1 else None,
        "carriers": carriers,
        "chosen": chosen,
        "warehouse": known[view.order.warehouse].display if known else "",
        "ship_to": Place.kept(view.order.ship_to),
        "refusal": refusal,
    }
    return answer or _sheet(request, "deal/ship.html", context)


@require_http_methods(["GET", "POST"])
@desk_page
def strike(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet on which the seller says what it will not deliver, and why."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    lines = [line for line in view.order.lines.all() if line.to_ship]

    def do() -> str:
        order = striking.strike(
            view.order.pk,
            lines=_quantities(request, lines),
            reason=request.POST.get("reason", ""),
            actor=actor,
            at=at,
        )
        say(request, _("The rest of %(number)s is struck.") % {"number": order.number})
        return reverse("deal", args=[view.deal.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "deal": view.deal,
        "order": view.order,
        "rows": [(line, line.to_ship, _typed(request, line, "")) for line in lines],
        "will": _what_striking_does(view.order),
        "refusal": refusal,
    }
    return answer or _sheet(request, "deal/strike.html", context)


def _load(loads: Sequence[consignments.Load], code: str) -> consignments.Load | None:
    """The house that was asked for, or the one that can send most."""
    named = (one for one in loads if one.house.code == code)
    return next(named, loads[0] if loads else None)


def _rows(
    request: HttpRequest,
    lines: Sequence[Any],
    load: consignments.Load | None,
    by: sending_days.Day | None,
) -> list[tuple[Any, int, str]]:
    """Each open line with what can go from here, and what stands in its field: of that what is
    wished until the day that was chosen."""
    rows = []
    for line in lines:
        most = load.quantities.get(line.pk, 0) if load else line.to_ship
        now = min(most, by.pieces.get(line.pk, 0)) if by else most
        rows.append((line, most, _typed(request, line, str(now or ""))))
    return rows


def _typed(request: HttpRequest, line: Any, else_: str) -> str:
    return request.POST.get(f"line-{line.pk}", else_)


def _chips(
    number: str, loads: Sequence[consignments.Load], on: consignments.Load | None
) -> list[Chip]:
    sheet = reverse("deal_ship", args=[number])
    return [
        Chip(one.house.display, f"{sheet}?house={one.house.code}", one.pieces, on=one is on)
        for one in loads
    ]


def _what_striking_does(order: Any) -> list[Will]:
    will = [Will(_("The goods are free for others"))]
    if order.pay_by == "TERMS":
        will.append(Will(_("Their credit is free at once; nothing of it is invoiced")))
    elif order.status != "PLACED":
        will.append(Will(_("You owe the buyer what it paid for them")))
    return [*will, Will(_("The buyer is told, with the reason"))]


def _quantities(request: HttpRequest, lines: Sequence[Any]) -> dict[Any, int]:
    """Pieces per order line as typed; a line left empty or 0 stays as it is."""
    typed = {line.pk: _typed(request, line, "").replace(",", "").strip() for line in lines}
    if any(text and not text.isdecimal() for text in typed.values()):
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="quantity")
    going = {pk: int(text) for pk, text in typed.items() if text and int(text)}
    if not going:
        raise Invalid("nothing-to-ship", "There is nothing to ship.", field="quantity")
    return going


def _marks(request: HttpRequest, lines: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
    """The pieces that were chosen, by line; of the others the first expiring ones go."""
    found = {}
    for line in lines:
        text = request.POST.get(f"marks-{line.pk}", "")
        typed = _typed(request, line, "").replace(",", "").strip()
        if line.sku.tracking and text.strip():
            whole = int(typed) if typed.isdecimal() else 0
            found[line.pk] = marks_typed(text, line.sku.tracking, whole=whole, field="marks")
    return found


def _sheet(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    refusal = context["refusal"]
    return show(request, template, context, here="deals", status=refusal.status if refusal else 200)
