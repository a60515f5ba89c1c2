"""The order pad's pages: the form, its prices while typing, and the way to the checkout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.capital.credit.queries import CreditLine
from heliu.capital.lending.queries import credit_line
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering import queries as pads
from heliu.commerce.ordering.parts import Part, fitted, read
from heliu.commerce.ordering.rows import Change, Merged, PadRow, row_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses import queries as addresses
from heliu.kernel.errors import Refused
from heliu.kernel.idempotency.operations import digest, once
from heliu.kernel.money import CURRENCY
from heliu.portal.dealer.lists import text_of_file
from heliu.portal.dealer.pad import (
    WHOLE,
    Pad,
    Shown,
    laid_out,
    leafed,
    rows_of,
    whole,
)
from heliu.portal.dealer.repairs import repaired
from heliu.portal.dealer.sellers import chosen, is_shared, or_waits, sellers_of
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    day_typed,
    desk_page,
    id_in,
    now,
    say,
    see_other,
    show,
)
from heliu.portal.shell.reading import as_sheet
from heliu.portal.shell.records import House
from heliu.portal.ui.formats import written_in
from heliu.trade.back_orders import APART, TOGETHER
from heliu.trade.order_pad import Checked, arranged, check

MORE_ROWS = 20
EMPTY = PadRow()


@dataclass(frozen=True)
class Desk:
    """Whose pad for which seller, as the request names it."""

    actor: Actor
    seller: House
    shared: bool

    @classmethod
    def of(cls, request: HttpRequest) -> Desk:
        """The pad in use: the person's own or the house's."""
        actor = actor_of(request)
        return cls(actor, chosen(request, sellers_of(actor)), is_shared(request))

    @property
    def named(self) -> dict[str, Any]:
        """The pad as the rooms are told which it is."""
        return {"actor": self.actor, "seller": self.seller.pk, "shared": self.shared}


@require_http_methods(["GET", "POST"])
@desk_page
@or_waits
def pad(request: HttpRequest) -> HttpResponse:
    """The pad; every button of its form posts here and without JavaScript all of it works."""
    desk = Desk.of(request)
    if request.method == "GET":
        return _page(request, desk)
    answer, refusal = attempt(request, lambda: _do(request, desk))
    if answer is not None:
        return answer
    typed = [change.after for change in _changes(request)]
    return _page(request, desk, typed=typed, refusal=refusal)


@require_GET
@desk_page
@or_waits
def bad_rows(request: HttpRequest) -> HttpResponse:
    """The rows that need a change, as they were typed and with why: a sheet that is mended
    elsewhere and read in again."""
    desk = Desk.of(request)
    rows = pads.pad(desk.actor, desk.seller.pk, shared=desk.shared).rows
    checked = check(desk.actor, desk.seller.pk, rows, now(request))
    head = (_("Model"), _("Pieces"), _("Remark"), _("Wished for"), _("What is wrong"))
    found = ((*rows[one.row - 1].typed, one.words) for one in checked.lines if one.problem)
    return as_sheet(head, found, "rows-to-change", request.GET.get("as", "xlsx"))


@require_POST
@desk_page
def price(request: HttpRequest) -> HttpResponse:
    """Prices, stock and words for the rows as typed so far; the draft is kept on the way."""
    desk = Desk.of(request)
    merged = _save(request, desk)
    line = _line(desk, now(request))
    checked = check(desk.actor, desk.seller.pk, merged.rows, now(request))
    shown = [
        Shown(number, change.after, place)
        for number, change, place in zip(
            _numbers(request), _changes(request), merged.places, strict=True
        )
    ]
    unseen = len(merged.rows) - len({one.place for one in shown} - {None})
    others = 0 if request.POST.get("leaf") else unseen
    laid = laid_out(
        shown, checked, line, clashes=merged.clashes, others=others, has_days=_has_days(request)
    )
    context = {"pad": laid, "line": line, "desk": desk}
    return render(request, "dealer/parts/pad_patch.html", context)


@require_POST
@desk_page
def add(request: HttpRequest) -> HttpResponse:
    """A part of a long list, sent by the page so that it can show how far it is; once per key.

    Every part begins with the list's first row, which may say which column is which.
    """
    desk = Desk.of(request)
    text = request.POST.get("paste", "")
    is_first = request.POST.get("part") == "0"

    def do() -> tuple[int, object]:
        rows = rows_of(text)
        has_head = len(rows) < sum(bool(line.strip()) for line in text.splitlines())
        fresh = rows if is_first or has_head else rows[1:]
        there = ordering.add_rows(**desk.named, rows=fresh, at=now(request))
        return 200, {"rows": len(there)}

    key = request.POST.get("idempotency_key", "")
    content = digest(request.path, text, is_first)
    _status, body, _repeat = once(
        org=desk.actor.home, key=key, content=content, at=now(request), do=do
    )
    return JsonResponse(body)


def _do(request: HttpRequest, desk: Desk) -> HttpResponse:
    action = request.POST.get("action", "check")
    if action == "clear":
        ordering.clear_cart(**desk.named)
        return see_other(reverse("dealer_pad"))
    merged = _save(request, desk)
    if action == "quote":
        return see_other(f"{reverse('dealer_quote_ask')}?from=pad")
    rows = _repaired(request, desk, merged)
    read = _read_lists(request)
    if read:
        rows = ordering.add_rows(**desk.named, rows=read, at=now(request))
    checked = check(desk.actor, desk.seller.pk, rows, now(request))
    how, _colon, code = action.partition(":")
    if how in (APART, TOGETHER):
        rows = arranged(how, rows, checked, desk.seller.pk, now(request), code)
        ordering.keep_rows(**desk.named, rows=rows, at=now(request))
        _to_cart(desk, check(desk.actor, desk.seller.pk, rows, now(request)))
        return see_other(reverse("dealer_pad"))
    _to_cart(desk, checked)
    if action == "order" and checked.good:
        bad = {line.row for line in checked.lines if line.problem}
        rest = [row for number, row in enumerate(rows, start=1) if number in bad]
        ordering.keep_rows(**desk.named, rows=rest, at=now(request))
        return see_other(reverse("dealer_checkout"))
    if action == "read":
        say(request, _("%(n)d rows read.") % {"n": len(read)})
        return see_other(reverse("dealer_pad"))
    blank = MORE_ROWS if action == "more" else 5
    return _page(request, desk, stored=rows, checked=checked, blank=blank, clashes=merged.clashes)


def _save(request: HttpRequest, desk: Desk) -> Merged:
    """The form's changes are in the draft from now on; goods taken out leave the cart too."""
    changes = _changes(request)
    if "address" in request.POST:
        ordering.send_to(id_in(request.POST["address"]), **desk.named)
    merged = ordering.change_pad(**desk.named, changes=changes, at=now(request))
    pairs = zip(changes, merged.places, strict=True)
    gone = [one.before.code for one, place in pairs if place is None and one.before.code]
    if gone:
        ordering.drop_from_cart(**desk.named, codes=gone)
    return merged


def _to_cart(desk: Desk, checked: Checked) -> None:
    """The cart holds the good rows of the pad and nothing else."""
    lines = pads.cart(desk.actor, desk.seller.pk, shared=desk.shared)
    gone = dict.fromkeys((line.sku_id for line in lines), 0)
    ordering.fill_cart(**desk.named, quantities=gone | checked.wanted(), parts=checked.parts())


def _page(
    request: HttpRequest,
    desk: Desk,
    *,
    stored: Sequence[PadRow] | None = None,
    typed: Sequence[PadRow] = (),
    checked: Checked | None = None,
    refusal: Refused | None = None,
    blank: int = 5,
    clashes: int = 0,
) -> HttpResponse:
    """The pad from its draft, or with the rows of a form that was refused."""
    at = now(request)
    kept = pads.pad(desk.actor, desk.seller.pk, shared=desk.shared)
    there = kept.rows if stored is None else list(stored)
    rows = [*(typed or there), *([] if typed else _from_catalogue(desk, there))]
    if checked is None or len(rows) > len(there):
        checked = check(desk.actor, desk.seller.pk, rows, at)
    line = _line(desk, at)
    context = {
        "desk": desk,
        "seller": desk.seller,
        "sellers": sellers_of(desk.actor),
        "kept": kept,
        "pad": _laid(request, rows, 0 if typed else len(there), checked, line, blank, clashes),
        "show": request.GET.get("show", ""),
        "line": line,
        "addresses": list(addresses.live(desk.actor.own_org)),
        "address": kept.address,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "dealer/pad.html", context, here="dealer_pad", status=status)


def _laid(
    request: HttpRequest,
    rows: Sequence[PadRow],
    stored: int,
    checked: Checked,
    line: Any,
    blank: int,
    clashes: int,
) -> Pad:
    if len(rows) <= WHOLE:
        return laid_out(
            whole(rows, stored=stored, blank=blank), checked, line, clashes=clashes,
            has_days=_has_days(request),
        )  # fmt: skip
    wish = request.GET.get("leaf", "0")
    page = int(wish) if wish.isdecimal() and len(wish) < 5 else 0
    shown, leaf = leafed(rows, checked, page, request.GET.get("show", ""), stored=stored)
    return laid_out(shown, checked, line, leaf=leaf, clashes=clashes, has_days=_has_days(request))


def _line(desk: Desk, at: datetime) -> CreditLine | None:
    """What a bank would lend for these goods; nothing in another currency than ours."""
    if written_in() != CURRENCY:
        return None
    return credit_line(desk.actor, at=at, seller=desk.seller.pk)


def _has_days(request: HttpRequest) -> bool:
    """Whether the column of days was asked for; it is there too where a row has one."""
    return request.GET.get("days", request.POST.get("days", "")) == "1"


def _from_catalogue(desk: Desk, rows: Sequence[PadRow]) -> list[PadRow]:
    """What came into the cart another way than by the pad."""
    there = {row.code.casefold() for row in rows}
    lines = pads.cart(desk.actor, desk.seller.pk, shared=desk.shared)
    return [
        PadRow(line.sku.code, str(part.quantity), day=day_typed(part.wanted_on))
        for line in lines
        if line.sku.code.casefold() not in there
        for part in fitted(read(line.parts), line.quantity) or [Part(None, line.quantity)]
    ]


def _repaired(request: HttpRequest, desk: Desk, merged: Merged) -> list[PadRow]:
    """The rows after a repair that was chosen, posted as ``number:field:value``."""
    number, _colon, repair = request.POST.get("fix", "").partition(":")
    numbers = _numbers(request)
    if not number.isdecimal() or int(number) not in numbers:
        return merged.rows
    place = merged.places[numbers.index(int(number))]
    if place is None:
        return merged.rows
    rows = repaired(merged.rows, place, repair)
    ordering.keep_rows(**desk.named, rows=rows, at=now(request))
    return rows


def _read_lists(request: HttpRequest) -> list[PadRow]:
    """What was pasted into the form or loaded as files."""
    rows = rows_of(request.POST.get("paste", ""))
    for file in request.FILES.getlist("file"):
        rows += rows_of(text_of_file(file))
    return rows


def _changes(request: HttpRequest) -> list[Change]:
    """The form's rows: what each was when the page was drawn, and what it is now; the one whose
    button takes it out is empty now."""
    fields = (request.POST.getlist(name) for name in ("was", "code", "quantity", "remark", "day"))
    out = request.POST.get("out", "")
    return [
        Change(*_before(was), EMPTY if str(number) == out else row_of(*cells))
        for number, (was, *cells) in zip(
            _numbers(request), zip_longest(*fields, fillvalue=""), strict=False
        )
    ]


def _before(was: str) -> tuple[int, PadRow]:
    place, _tab, typed = was.partition("\t")
    return (int(place) if place.isdecimal() else -1), row_of(*(typed.split("\t") + [""] * 3)[:4])


def _numbers(request: HttpRequest) -> list[int]:
    """The numbers of the form's rows on its page; without them they are counted."""
    given = request.POST.getlist("n")
    many = max(len(request.POST.getlist(name)) for name in ("code", "quantity", "remark"))
    return [
        int(given[at]) if at < len(given) and given[at].isdecimal() else at + 1
        for at in range(many)
    ]
