"""A house's contracts as a buyer: what was agreed, what it is asked, how far its promise is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.commerce.pricing import queries as pricing
from heliu.portal.shell.contracts import shown
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.trade import contracts

MOST = 30


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """All contracts, what waits first."""
    actor = actor_of(request)
    mine = pricing.contracts_visible_to(actor).filter(buyer__in=actor.orgs)
    found = mine.order_by("-is_offer", "-valid_to", "-pk")[:MOST]
    context = {"contracts": shown(list(found), now(request)), "may_sign": actor.may("sign")}
    return show(request, "dealer/contracts.html", context, here="dealer_contracts")


@require_POST
@desk_page
def decide(request: HttpRequest, contract: UUID) -> HttpResponse:
    """The house says yes or no to an offer."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        if request.POST.get("act") == "agree":
            contracts.agree(contract, actor=actor, at=at)
            say(request, _("The contract is agreed: its prices come before all others."))
        else:
            contracts.refuse(contract, actor=actor, at=at)
            say(request, _("The offer is refused."))
        return reverse("dealer_contracts")

    return deed(request, do)


@require_POST
@desk_page
def answer(request: HttpRequest, change: UUID) -> HttpResponse:
    """The house says yes or no to a change."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        agrees = request.POST.get("act") == "agree"
        contracts.answer(change, actor=actor, agrees=agrees, at=at)
        say(request, _("The change is agreed.") if agrees else _("The change is refused."))
        return reverse("dealer_contracts")

    return deed(request, do)
