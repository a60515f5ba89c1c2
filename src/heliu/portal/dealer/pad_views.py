"""The order pad's pages: the form, its prices while typing, and the way to the checkout."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from heliu.capital.lending.queries import credit_line
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.queries import cart
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused
from heliu.portal.dealer.lists import text_of_file
from heliu.portal.dealer.pad import Checked, Typed, check, kept, laid_out, rows_of, text_of
from heliu.portal.dealer.sellers import chosen, sellers_of
from heliu.portal.shell.pages import actor_of, attempt, desk_page, now, say, see_other, show
from heliu.portal.shell.records import House

MORE_ROWS = 20


@require_http_methods(["GET", "POST"])
@desk_page
def pad(request: HttpRequest) -> HttpResponse:
    """The pad; every button of its form posts here and without JavaScript all of it works."""
    seller = chosen(request, sellers_of(actor_of(request)))
    if request.method == "GET":
        return _page(request, seller, kept(actor_of(request), seller))
    typed = _typed(request)
    answer, refusal = attempt(request, lambda: _do(request, seller, typed))
    return answer or _page(request, seller, typed, refusal=refusal)


@require_POST
@desk_page
def price(request: HttpRequest) -> HttpResponse:
    """Prices, stock and words for the rows as typed so far; the draft is kept on the way."""
    actor, at = actor_of(request), now(request)
    seller = chosen(request, sellers_of(actor))
    typed = _rows(request)
    ordering.save_draft(actor=actor, seller=seller.pk, text=text_of(typed))
    line = credit_line(actor, at=at, seller=seller.pk)
    context = {"pad": laid_out(typed, check(actor, seller, typed, at), line, blank=0), "line": line}
    return render(request, "dealer/parts/pad_patch.html", context)


def _do(request: HttpRequest, seller: House, typed: list[Typed]) -> HttpResponse:
    actor = actor_of(request)
    action = request.POST.get("action", "check")
    if action == "clear":
        ordering.clear_cart(actor=actor, seller=seller.pk)
        return see_other(reverse("dealer_pad"))
    checked = check(actor, seller, typed, now(request))
    if action == "order" and checked.good:
        _to_cart(actor, seller, checked)
        bad = {line.row for line in checked.lines if line.problem}
        rest = [row for number, row in enumerate(typed, start=1) if number in bad]
        ordering.save_draft(actor=actor, seller=seller.pk, text=text_of(rest))
        return see_other(reverse("dealer_checkout"))
    ordering.save_draft(actor=actor, seller=seller.pk, text=text_of(typed))
    _to_cart(actor, seller, checked)
    if action == "read":
        say(request, _("%(n)d rows read.") % {"n": len(checked.lines)})
        return see_other(reverse("dealer_pad"))
    return _page(
        request, seller, typed, checked=checked, blank=MORE_ROWS if action == "more" else 5
    )


def _to_cart(actor: Actor, seller: House, checked: Checked) -> None:
    """The cart holds the good rows of the pad and nothing else."""
    gone = {line.sku_id: 0 for line in cart(actor, seller.pk)}
    good: dict[UUID, int] = {}
    for line in checked.good:
        if line.sku is not None and line.quantity:
            good[line.sku.pk] = good.get(line.sku.pk, 0) + line.quantity
    ordering.fill_cart(actor=actor, seller=seller.pk, quantities={**gone, **good})


def _page(
    request: HttpRequest,
    seller: House,
    typed: Sequence[Typed],
    *,
    checked: Checked | None = None,
    refusal: Refused | None = None,
    blank: int = 5,
) -> HttpResponse:
    actor, at = actor_of(request), now(request)
    if checked is None:
        checked = check(actor, seller, typed, at)
    line = credit_line(actor, at=at, seller=seller.pk)
    context = {
        "seller": seller,
        "sellers": sellers_of(actor),
        "pad": laid_out(typed, checked, line, blank=blank),
        "line": line,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "dealer/pad.html", context, here="dealer_pad", status=status)


def _typed(request: HttpRequest) -> list[Typed]:
    """The form's rows after a repair that was chosen, then what was pasted or loaded."""
    rows = _fixed(_rows(request), request.POST.get("fix", ""))
    while rows and rows[-1].is_empty:
        rows.pop()
    if request.POST.get("paste", "").strip():
        rows += rows_of(request.POST["paste"])
    for file in request.FILES.getlist("file"):
        rows += rows_of(text_of_file(file))
    return rows


def _rows(request: HttpRequest) -> list[Typed]:
    fields = (request.POST.getlist(name) for name in ("code", "quantity", "remark"))
    return [Typed(*cells) for cells in zip_longest(*fields, fillvalue="")]


def _fixed(rows: list[Typed], fix: str) -> list[Typed]:
    """Take up an offered repair, posted as ``row:field:value``."""
    number, _colon, rest = fix.partition(":")
    field, _colon, value = rest.partition(":")
    if number.isdecimal() and 0 < int(number) <= len(rows):
        row = rows[int(number) - 1]
        if field == "code":
            rows[int(number) - 1] = Typed(value, row.quantity, row.remark)
        elif field == "quantity":
            rows[int(number) - 1] = Typed(row.code, value, row.remark)
    return rows
