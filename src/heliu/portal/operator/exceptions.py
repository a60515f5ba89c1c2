"""What needs a person at any desk, and where its deal stands."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.portal.operator.words import DOCUMENTS, KINDS, Exceptional, exception_row
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.parts import Chip
from heliu.trade import looks, oversight

MOST = 200


@require_GET
@desk_page
def queue(request: HttpRequest, number: str = "") -> HttpResponse:
    """The oldest first; at the right the deal it is about, without its goods and amounts."""
    actor, at = actor_of(request), now(request)
    everything = oversight.waiting(actor, at)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = [one for one in everything if kind in ("", one.kind)]
    names = oversight.names(actor, (one.org for one in found[:MOST]))
    rows = [exception_row(one, names, at) for one in found[:MOST]]
    chosen = number or next((one.deal for one in found if one.deal), "")
    counts = Counter(one.kind for one in everything)
    context = {
        "queue": [
            {"row": row, "deal": one.deal, "href": _href(row, kind)}
            for row, one in zip(rows, found, strict=False)
        ],
        "total": len(everything),
        "left_out": max(0, len(found) - MOST),
        "chips": [
            Chip(_("All"), "?", len(everything), on=not kind),
            *(
                Chip(_(KINDS[one][0]), f"?kind={one}", counts[one], on=one == kind)
                for one in KINDS
                if counts[one]
            ),
        ],
        "number": chosen,
        "chosen": bool(number),
        "shown": bool(chosen),
        **(deal_context(actor, chosen, rows, at) if chosen else {}),
    }
    return show(request, "operator/exceptions.html", context, here="operator_exceptions")


def deal_context(
    actor: Actor, number: str, rows: list[Exceptional], at: datetime
) -> dict[str, Any]:
    """A deal's parties, documents and steps."""
    deal = oversight.deal(actor, number)
    if deal is None:
        raise NotFound()
    looks.at_deal(actor, deal, at=at)
    names = oversight.names(actor, (deal.buyer, deal.seller, deal.lender, deal.custodian))
    here = reverse("operator_exception", args=[number])
    return {
        "deal": deal,
        "why": [row for row in rows if row.href == here],
        "houses": [
            (label, names[org])
            for label, org in (
                (_("Buyer"), deal.buyer),
                (_("Seller"), deal.seller),
                (_("Bank"), deal.lender),
                (_("Supervised warehouse"), deal.custodian),
            )
            if org is not None and org in names
        ],
        "documents": [
            (one.purpose or _(DOCUMENTS[one.kind]), one)
            for one in sorted(oversight.documents(actor, number), key=_place)
        ],
        "steps": oversight.steps(actor, number),
    }


def _place(one: oversight.Document) -> tuple[datetime, int, str]:
    """By time; what is of one moment in the order in which it comes about."""
    return one.at, list(DOCUMENTS).index(one.kind), one.number


def _href(row: Exceptional, kind: str) -> str:
    return row.href + (f"?kind={kind}" if kind and row.href else "")
