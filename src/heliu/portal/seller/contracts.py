"""A contract as its seller sees it: what holds, and what may be asked of the buyer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.portal.seller.price_sheets import day_typed, prices_typed
from heliu.portal.shell.contracts import shown
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import formats
from heliu.trade import contracts

HERE = "seller_prices"


@require_http_methods(["GET", "POST"])
@desk_page
def contract(request: HttpRequest, contract: UUID) -> HttpResponse:
    """A contract; other prices and an earlier end are asked of the buyer here."""
    actor, at = actor_of(request), now(request)
    found = _contract(actor, contract)

    def do() -> str:
        act = request.POST.get("act", "")
        if act == "prices":
            made = contracts.ask_prices(
                found.pk,
                actor=actor,
                prices=prices_typed(request, actor),
                live_on=day_typed(request, "live_on") or day_of(at),
                at=at,
            )
            asked, falls = _("The dealer is asked."), _("No price rises: they hold from that day.")
            say(request, asked if made else falls)
        elif act == "end":
            last = day_typed(request, "last") or day_of(at)
            contracts.ask_end(found.pk, actor=actor, last=last, at=at)
            say(request, _("The dealer is asked."))
        elif act == "offer-back":
            contracts.refuse(found.pk, actor=actor, at=at)
            say(request, _("The offer is taken back."))
        else:
            change = found.changes.filter(state="ASKED").first()
            if change is None:
                raise NotFound()
            contracts.take_back(change.pk, actor=actor, at=at)
            say(request, _("The change is taken back."))
        return reverse("seller_contract", args=[found.pk])

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    (one,) = shown([found], at)
    context = {
        "one": one,
        "changes": found.changes.order_by("-asked_at")[:20],
        "refusal": refusal,
        "typed": request.POST,
        "may_set": actor.may("price"),
        "today": day_of(at).isoformat(),
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/contract.html", context, here=HERE, status=status)


def _contract(actor: Actor, pk: UUID) -> Any:
    mine = pricing.contracts_visible_to(actor).filter(seller__in=actor.orgs, pk=pk)
    found = mine.first()
    if found is None:
        raise NotFound()
    formats.write_in(found.currency)
    return found
