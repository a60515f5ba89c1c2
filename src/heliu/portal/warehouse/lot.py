"""One row of goods: what it is, which pieces lie there, and a new count of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.parties.queries import names
from heliu.logistics.stock import counting
from heliu.logistics.stock import queries as stock
from heliu.logistics.stock.counting import Difference
from heliu.logistics.stock.policies import UNNAMED
from heliu.portal.shell.marks import marks_typed
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.warehouse.houses import bin_codes, claim_on, kept_rows, waiting_rows

MOST_DIGITS = 9
HERE = {"warehouse": "warehouse_stock", "seller": "seller_goods"}


@require_http_methods(["GET", "POST"])
@desk_page
def lot(request: HttpRequest, pk: UUID, desk: str = "warehouse") -> HttpResponse:
    """A row with its pieces, at the keeper's desk or a seller's that keeps its own goods. A count
    that differs is shown first, and written when it is sent once more; what was typed stays."""
    actor, at = actor_of(request), now(request)
    row = kept_rows(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    differs: Difference | None = None
    is_seller = desk == "seller"
    back = reverse("seller_article", args=[row.sku_id]) if is_seller else reverse("warehouse_stock")

    def look() -> Difference:
        there = counting.to_count(row.pk, actor)
        return counting.compare(there, actor=actor, **_typed(request, row))

    def do() -> str:
        key = f"count:{row.pk}:{request.POST.get('idempotency_key', '')}"
        left = counting.recount(
            row.pk, actor=actor, reason=request.POST.get("reason", ""), key=key, at=at,
            **_typed(request, row),
        )  # fmt: skip
        say(request, _("It is counted."))
        if not left.quantity:  # nothing lies there any more
            return back
        return reverse(f"{desk}_lot", args=[row.pk])

    refusal: Refused | None = None
    if request.method == "POST":
        try:
            differs = look()
        except Refused as found:
            refusal = found
        if differs is not None and request.POST.get("shown") == _said(differs):
            answer, refusal = attempt(request, lambda: deed(request, do))
            if answer is not None:
                return answer
    context = {
        **_about(actor, row),
        "differs": differs,
        "said": _said(differs) if differs else "",
        "refusal": refusal,
        "typed": request.POST,
        "may_count": counting.may_count(row, actor) and row.pledge is None,
        "back": (row.sku.code if is_seller else _("Lots"), back),
    }
    status = refusal.status if refusal else 200
    return show(request, "warehouse/lot.html", context, here=HERE[desk], status=status)


def _typed(request: HttpRequest, row: Any) -> dict[str, Any]:
    """What was counted, as the count takes it."""
    text = request.POST.get("counted", "").strip()
    if row.is_traced:
        return {"pieces": marks_typed(text, row.sku.tracking, whole=0, field="counted")}
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise Invalid("count-unclear", "A count is a whole number.", field="counted")
    return {"counted": int(text)}


def _about(actor: Any, row: Any) -> dict[str, Any]:
    houses = names([row.owner, row.pledgee])
    found = stock.pieces_visible_to(actor).filter(row=row).select_related("mark")
    pieces = found.order_by("mark__good_until", "mark__code") if row.is_traced else ()
    return {
        "row": row,
        "owner": houses.get(row.owner),
        "pledgee": houses.get(row.pledgee) if row.pledgee else None,
        "bin": bin_codes(actor).get(row.bin, "–") if row.bin else "–",
        "state": claim_on(row, waiting_rows(actor)),
        "pieces": pieces,
        "is_unnamed": any(one.mark.code == UNNAMED for one in pieces),
    }


def _said(found: Difference) -> str:
    """The difference as the form says it back: what is written is what was shown."""
    return " ".join(
        f"{sign}{one.quantity}:{one.code}"
        for sign, some in (("+", found.found), ("-", found.missing))
        for one in some
    )
