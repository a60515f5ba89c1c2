"""A red letter by hand: the seller takes back a part of an issued VAT invoice, and says why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.vat import queries
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.ids import new_id
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.ui.formats import count_text, money_text
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will
from heliu.trade import vat

HERE = "seller_vat"


@require_http_methods(["GET", "POST"])
@desk_page
def red_letter(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """What of each line is taken back, as an amount with tax and perhaps as pieces."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")
    blue = queries.get(actor, invoice)
    if blue.seller not in actor.orgs or blue.is_red or blue.status != queries.STATUSES.ISSUED:
        raise NotFound()
    lines = [line for line in blue.lines.order_by("position") if line.gross > line.red_gross]

    def do() -> str:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise Invalid("reason-missing", "A reason is needed.", field="reason")
        vat.take_back(
            blue.pk, _parts(request, lines), reason=reason,
            key=request.POST.get("idempotency_key") or str(new_id()), actor=actor, at=at,
        )  # fmt: skip
        say(request, _("The red letter is written; it goes to the tax authority by itself."))
        return reverse(HERE)

    sheet = Sheet(
        heading=_("Red letter over %(number)s") % {"number": blue.number},
        crumbs=((_("VAT invoices"), reverse(HERE)),),
        about=_(
            "It takes back a part of the paper alone. What came short, returns and credit notes"
            " have theirs by themselves; what is owed changes by a credit note."
        ),
        rows=(
            Amount(_("With tax, CNY"), blue.gross),
            Amount(_("Taken back so far"), blue.red_gross),
        ),
        asks=(*_asks(lines), Ask("reason", _("Reason"))),
        will=(
            Will(_("The tax authority gives the red letter its number")),
            Will(_("Output and input VAT of both sides become less by its tax")),
        ),
        button=_("Write it"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


def _asks(lines: list[Any]) -> list[Ask]:
    asks = []
    for line in lines:
        most = _("%(left)s at most") % {"left": money_text(line.gross - line.red_gross)}
        name = _("%(goods)s: amount with tax") % {"goods": line.name}
        pieces = _("%(n)s on the invoice; none for a price cut") % {"n": count_text(line.quantity)}
        gross, given = f"gross-{line.order_line}", f"pieces-{line.order_line}"
        asks += [
            Ask(gross, name, kind="money", help=most, is_needed=False),
            Ask(given, _("of it pieces given back"), kind="number", help=pieces, is_needed=False),
        ]
    return asks


def _parts(request: HttpRequest, lines: list[Any]) -> dict[int, tuple[int, int]]:
    parts = {}
    for line in lines:
        pieces = request.POST.get(f"pieces-{line.order_line}", "").strip()
        if not request.POST.get(f"gross-{line.order_line}", "").strip():
            continue
        amount = sheets.amount_of(request, f"gross-{line.order_line}")
        if pieces and not (pieces.isdecimal() and int(pieces) <= line.quantity):
            raise Invalid(
                "quantity-invalid", "A quantity is a whole number.",
                field=f"pieces-{line.order_line}",
            )  # fmt: skip
        parts[line.order_line] = (int(pieces or 0), amount)
    if not parts:
        raise Invalid("nothing-chosen", "Say how much of which line is taken back.", field="reason")
    return parts
