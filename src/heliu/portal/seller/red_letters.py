"""A red letter by hand: the seller takes back a part of an issued VAT invoice, and says why."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.vat import queries
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.ids import new_id
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Will
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

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "blue": blue,
        "rows": [_Row.of(request, line) for line in lines],
        "will": (
            Will(_("The tax authority gives the red letter its number")),
            Will(_("Output and input VAT of both sides become less by its tax")),
        ),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return done or show(request, "seller/red_letter.html", context, here=HERE, status=status)


class _Row(NamedTuple):
    """A line of the invoice, what is left of it and what was typed to be taken back."""

    line: Any
    left: int
    gross_field: str
    gross: str
    pieces_field: str
    pieces: str

    @classmethod
    def of(cls, request: HttpRequest, line: Any) -> _Row:
        gross, pieces = f"gross-{line.order_line}", f"pieces-{line.order_line}"
        typed = request.POST.get
        return cls(
            line, line.gross - line.red_gross, gross, typed(gross, ""), pieces, typed(pieces, "")
        )


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
