"""A placed order is changed: the buyer's sheet, the seller's word, and the versions on the page."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering import queries
from heliu.commerce.ordering.parts import Part
from heliu.commerce.ordering.parts import kept as kept_parts
from heliu.commerce.ordering.parts import read as read_parts
from heliu.commerce.ordering.paste import read_quantity
from heliu.commerce.ordering.versions import Moved, Version, VersionLine, moved
from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses import queries as addresses
from heliu.kernel.addresses.policies import Place
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.portal.deal.reading import read
from heliu.portal.shell import days
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    day_of_form,
    deed,
    desk_page,
    id_in,
    now,
    say,
    show,
)
from heliu.portal.ui.formats import count_text, day_text, money_text
from heliu.trade import change_rewards, changing, purchases
from heliu.trade.change_terms import CHANGEABLE, Proposal, Wanted

SPARE = 3  # empty rows for what is to be added


@require_http_methods(["GET", "POST"])
@desk_page
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """The sheet of an order's lines and words; it shows first what the change comes to."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)
    order = view.order
    if order is None or order.buyer not in actor.orgs:
        raise NotFound()
    posted = request.method == "POST"
    made = sum(one.status == "MADE" for one in queries.changes_of(actor, order))

    def propose() -> Proposal:
        return changing.propose(order.pk, _wanted(request, order, actor), actor=actor, at=at)

    def do() -> str:
        done = changing.change(
            order.pk, _wanted(request, order, actor), actor=actor, at=at,
            reason=request.POST.get("reason", ""), seen=_seen(request),
        )  # fmt: skip
        say(request, _said(done.status))
        return reverse("deal", args=[view.deal.number])

    proposal, refusal = None, None
    if posted and request.POST.get("do") == "change":
        answer, refusal = attempt(request, lambda: deed(request, do))
        if answer:
            return answer
    if posted:
        proposal, found = _tried(propose)
        refusal = refusal or found
    context = {
        "deal": view.deal,
        "order": order,
        "made": made,
        "rows": _rows(request, order),
        "line_days": _day_fields(request, order),
        "addresses": _addresses(order),
        "address": id_in(request.POST.get("address", "")),
        "spare": _spare(request),
        "today": day_of(at).isoformat(),
        "typed": request.POST if posted else _words(order),
        "differences": differences(proposal.before, proposal.after) if proposal else [],
        "proposal": proposal,
        "total_before": order.total,
        "lost": lost(proposal.before, proposal.after) if proposal else [],
        "must": _must(actor, order, proposal),
        "asks_seller": bool(proposal and proposal.concerns_goods and order.status != "PLACED"),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "deal/change.html", context, here="deals", status=status)


@require_POST
@desk_page
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """The seller's word on a change, or the buyer's taking it back."""
    actor, at = actor_of(request), now(request)
    view = read(actor, ref, at)

    def do() -> str:
        word = request.POST.get("word", "")
        if word == "withdraw":
            changing.withdraw(view.order.pk, actor=actor, at=at)
            say(request, _("It is withdrawn."))
        elif word in ("yes", "no"):
            changing.answer(
                view.order.pk, agrees=word == "yes", reason=request.POST.get("reason", ""),
                actor=actor, at=at,
            )  # fmt: skip
            say(request, _("The order is changed.") if word == "yes" else _("You have said no."))
        else:
            raise Invalid("deed-unknown", "This form is not known. Reload the page.")
        return reverse("deal", args=[view.deal.number])

    return deed(request, do)


def about(actor: Actor, view: Any) -> dict[str, Any]:
    """What the deal page tells of the changes of its order, and what its reader may say to them."""
    order = view.order
    if order is None:
        return {"changes": []}
    found = queries.changes_of(actor, order)
    waits = next((one for one in found if one.status in ("HOUSE", "SELLER")), None)
    return {
        "changes": [(one, _differences(one)) for one in reversed(found)],
        "change_waits": waits,
        "change_waits_for": waits and _differences(waits),
        "may_answer": waits is not None and waits.status == "SELLER" and may_answer(actor, order),
        "may_withdraw": waits is not None and order.buyer in actor.orgs and actor.may("order"),
    }


def of_question(actor: Actor, order_id: UUID) -> dict[str, Any]:
    """What an approver is shown of the change it is asked about."""
    order = queries.get(actor, order_id)
    waits = [one for one in queries.changes_of(actor, order) if one.status != "WITHDRAWN"]
    last = waits[-1] if waits else None
    return {"change": last, "change_rows": _differences(last) if last else []}


def may_answer(actor: Actor, order: Any) -> bool:
    """Whether the reader says the seller's word."""
    return order.seller in actor.orgs and actor.may("sell")


def may_change(actor: Actor, order: Any) -> bool:
    """Whether the reader may ask for the order to be another."""
    return order.buyer in actor.orgs and actor.may("order") and order.status in CHANGEABLE


def differences(before: Version, after: Version) -> list[tuple[str, str, str]]:
    """What is another: (what, before, after), in the reader's language."""
    words = [
        (_("Wished delivery day"), _day(before.wanted_on), _day(after.wanted_on)),
        (_("Buyer's order number"), before.external_id, after.external_id),
        (_("Remark to the seller"), before.remark, after.remark),
    ]
    rows = [(pair.line.code, *_told(pair)) for pair in moved(before, after)]
    words.append((_("Ship to"), _place(before), _place(after)))
    rows += [row for row in words if row[1] != row[2]]
    rows += _promised(before, after)
    if before.total != after.total:
        rows.append((_("Total"), money_text(before.total), money_text(after.total)))
    return rows


def lost(before: Version, after: Version) -> list[str]:
    """The promotions of the whole order that a change loses, wholly or in part."""
    now = {one.code: one for one in change_rewards.told(after)}
    return [
        one.display
        for one in change_rewards.told(before)
        if one.code not in now
        or now[one.code].off < one.off
        or sum(n for _, n in now[one.code].gifts) < sum(n for _, n in one.gifts)
    ]


def _promised(before: Version, after: Version) -> list[tuple[str, str, str]]:
    """What promotions give the whole order, before and after."""
    was, now = ({one.code: one for one in change_rewards.told(x)} for x in (before, after))
    pairs = [(was.get(code), now.get(code)) for code in dict.fromkeys([*was, *now])]
    return [
        ((b or a).display, _gift(b), _gift(a))  # type: ignore[union-attr]
        for b, a in pairs
        if b != a
    ]


def _gift(one: change_rewards.Told | None) -> str:
    if one is None:
        return ""
    goods = [
        _("%(n)s × %(code)s for free") % {"n": count_text(n), "code": code} for code, n in one.gifts
    ]
    return ", ".join([*([f"−{money_text(one.off)}"] if one.off else []), *goods])


def _differences(one: Any) -> list[tuple[str, str, str]]:
    return differences(Version.read(one.before), Version.read(one.after))


def _told(pair: Moved) -> tuple[str, str]:
    was, now = pair.before, pair.after
    shows_day = _days_of(was) != _days_of(now)
    return _line(was, day=shows_day), _line(now, day=shows_day)


def _line(line: VersionLine | None, *, day: bool) -> str:
    if line is None:
        return ""
    words = f"{count_text(line.quantity)} × {money_text(line.unit_price)}"
    if day and line.parts:
        parts = (f"{count_text(part.quantity)} {_day(part.wanted_on)}" for part in line.parts)
        return f"{words} · {', '.join(parts)}"
    return f"{words} · {_day(line.wanted_on)}" if day and line.wanted_on else words


def _days_of(line: VersionLine | None) -> Any:
    """On which days a line is wished, however much of it on each."""
    return (line.wanted_on, [part.wanted_on for part in line.parts]) if line else (None, [])


def _place(version: Version) -> str:
    place = Place.kept(version.ship_to)
    return f"{place.name} · {place.region} {place.street}" if place else ""


def _day(day: date | None) -> str:
    return day_text(day, None, get_language() or "en") if day else ""


def _said(status: str) -> str:
    return {
        "MADE": _("The order is changed."),
        "HOUSE": _("Your house is asked; until it agrees the order stays as it is."),
        "SELLER": _("The seller is asked; until it agrees the order stays as it is."),
    }[status]


def _tried(propose: Any) -> tuple[Proposal | None, Refused | None]:
    try:
        return propose(), None
    except Refused as refusal:
        return None, refusal


def _must(actor: Actor, order: Any, proposal: Proposal | None) -> bool:
    """Whether others of the buyer's house will be asked."""
    if proposal is None or not proposal.rises:
        return False
    return bool(
        purchases.needs_for(
            order.buyer, {actor.user_id, order.placed_by}, order=order.pk,
            total=proposal.after.total, skus=list(proposal.after.by_sku),
        )
    )  # fmt: skip


def _rows(request: HttpRequest, order: Any) -> list[dict[str, Any]]:
    """The lines with what was typed for them."""
    return [
        {
            "line": line,
            "quantity": request.POST.get(f"line-{line.pk}", str(line.quantity)),
            "sent": line.shipped + line.cancelled,
        }
        for line in _lines(order)
    ]


def _lines(order: Any) -> list[Any]:
    """The lines a buyer changes: each of the goods once, as it was priced, without goods that came
    for free."""
    whole = changing.plain(order)
    first: dict[UUID, Any] = {}
    for line in order.lines.all():
        first.setdefault(line.sku_id, line)
    found = []
    for one in whole.lines:
        line = copy(first[one.sku])
        line.quantity, line.unit_price, line.wanted_on = one.quantity, one.unit_price, one.wanted_on
        line.parts = kept_parts(one.parts)
        found.append(line)
    return found


def _day_fields(request: HttpRequest, order: Any) -> list[days.Fields]:
    """The days of the lines, and their parts, as they stand or were typed."""
    lines = _lines(order)
    return days.fields(
        request,
        [(str(line.pk), line.sku.code, line.quantity) for line in lines],
        {str(line.pk): _parts(line) for line in lines},
    )


def _parts(line: Any) -> Sequence[Part]:
    return read_parts(line.parts) or (Part(line.wanted_on, line.quantity),)


def _addresses(order: Any) -> list[Any]:
    """Where it may go instead: nowhere else once something has left, or where a bank has a say."""
    if order.lender or any(line.shipped for line in order.lines.all()):
        return []
    return list(addresses.live(order.buyer))


def _spare(request: HttpRequest) -> list[tuple[str, str]]:
    codes, counts = request.POST.getlist("code"), request.POST.getlist("quantity")
    typed = [pair for pair in zip(codes, counts, strict=False) if any(pair)]
    return [*typed, *([("", "")] * SPARE)][: max(SPARE, len(typed) + 1)]


def _words(order: Any) -> dict[str, str]:
    return {
        "wanted_on": order.wanted_on.isoformat() if order.wanted_on else "",
        "external_id": order.external_id,
        "remark": order.remark,
    }


def _wanted(request: HttpRequest, order: Any, actor: Actor) -> Wanted:
    """The form as the story is told it. A line that is left empty is struck."""
    quantities: dict[UUID, int] = {}
    line_days: dict[UUID, date | None] = {}
    line_parts: dict[UUID, list[Part]] = {}
    for line in _lines(order):
        typed = request.POST.get(f"line-{line.pk}", str(line.quantity)).strip()
        quantities[line.sku_id] = _quantity(typed or "0", f"line-{line.pk}")
        name = str(line.pk)
        as_it_was = not days.is_sent(request, name) or (
            days.typed(request, name) == days.told(_parts(line))
        )
        if quantities[line.sku_id] and not as_it_was:
            parts = days.parts_of(request, name, quantities[line.sku_id])
            if len(parts) > 1:
                line_parts[line.sku_id] = parts
            else:
                line_days[line.sku_id] = parts[0].wanted_on
    for sku, quantity in _added(request, order, actor).items():
        quantities[sku] = quantities.get(sku, 0) + quantity
    return Wanted(
        quantities,
        line_days,
        day_of_form(request, "wanted_on"),
        request.POST.get("remark", ""),
        request.POST.get("external_id", ""),
        line_parts,
        id_in(request.POST.get("address", "")),
    )


def _added(request: HttpRequest, order: Any, actor: Actor) -> dict[UUID, int]:
    rows = [(code.strip(), typed) for code, typed in _filled(request)]
    found = catalogue.find(actor, [code for code, _typed in rows], order.seller)
    added: dict[UUID, int] = {}
    for code, typed in rows:
        if code not in found:
            raise Refused(
                "code-unknown", "%(goods)s: %(words)s.", field="code", status=422, goods=code,
                words=_("This seller has no goods with this code"),
            )  # fmt: skip
        sku = found[code].pk
        added[sku] = added.get(sku, 0) + _quantity(typed, "quantity")
    return added


def _filled(request: HttpRequest) -> Sequence[tuple[str, str]]:
    pairs = zip(request.POST.getlist("code"), request.POST.getlist("quantity"), strict=False)
    return [pair for pair in pairs if pair[0].strip()]


def _quantity(typed: str, name: str) -> int:
    if typed == "0":
        return 0
    quantity, problem = read_quantity(typed)
    if problem or quantity is None:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field=name)
    return quantity


def _seen(request: HttpRequest) -> int | None:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isdecimal() and len(typed) < 6 else None
