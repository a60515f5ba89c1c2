"""The sellers of a house: those it trades with, those it has asked, those it may ask."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.errors import Invalid
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import asks as asking
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Pill
from heliu.trade import asks

MOST = 50


@require_http_methods(["GET", "POST"])
@desk_page
def sellers(request: HttpRequest) -> HttpResponse:
    """Whom the house buys from and may ask; a post asks one, or takes a question back."""
    actor, at = actor_of(request), now(request)
    text = request.GET.get("q", "").strip()[:80].replace("\x00", "")

    def do() -> str:
        if request.POST.get("act") == "withdraw":
            asking.withdraw(_id(request), actor=actor, at=at)
            say(request, _("The question is taken back."))
        else:
            words = request.POST.get("words", "")
            asks.ask(request.POST.get("seller", ""), words=words, actor=actor, at=at)
            say(request, _("The seller is asked; its answer comes to your inbox."))
        return reverse("dealer_sellers")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    links = list(
        parties.relationships_visible_to(actor)
        .filter(buyer__in=actor.orgs, status__in=("ACTIVE", "PAUSED"))
        .order_by("since", "id")[:MOST]
    )
    known = parties.names(link.seller for link in links)
    may_ask = actor.may("manage") and actor.may("order")
    asked = list(queries.asks(actor).filter(buyer__in=actor.orgs)[:MOST])
    waiting = {one.seller for one in asked if one.status == "ASKED"}
    found = queries.sellers_to_ask(text) if may_ask else []
    context = {
        "links": [(known.get(link.seller), link, _state(link)) for link in links],
        "asked": asked,
        "found": [one for one in found if one.id not in waiting],
        "text": text,
        "may_ask": may_ask,
        "refusal": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return show(request, "dealer/sellers.html", context, here="dealer_sellers", status=status)


def _state(link: Any) -> Pill:
    """How a relationship stands: one that pauses is for nobody here to mend."""
    return Pill(str(link.get_status_display()), "good" if link.status == "ACTIVE" else "due")


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("ask", ""))
    except ValueError:
        raise Invalid("choice-unknown", "There is no such choice.") from None
