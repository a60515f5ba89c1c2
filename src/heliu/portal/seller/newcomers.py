"""How a seller takes newcomers, and whom it has invited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.terms import newcomers
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import invitations
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import asks, joining

ROWS = 50


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The setting, the form to invite, the invitations; a post does one of the three."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        match request.POST.get("act"):
            case "invite":
                invitations.invite(
                    actor=actor,
                    email=request.POST.get("email", ""),
                    name=request.POST.get("name", ""),
                    language=get_language() or "en",
                    at=at,
                )
                say(request, _("The invitation is on its way."))
            case "agree" | "refuse" as said:
                asks.answer(
                    _id(request.POST.get("ask", "")) or actor.own_org,
                    agrees=said == "agree",
                    reason=request.POST.get("reason", ""),
                    actor=actor,
                    at=at,
                )
                say(request, _("The dealer is told."))
            case "withdraw":
                invitation = _id(request.POST.get("invitation", ""))
                if invitation is None:
                    raise Invalid("choice-unknown", "There is no such choice.")
                invitations.withdraw(invitation, actor=actor, at=at)
                say(request, _("The invitation is withdrawn."))
            case _other:
                joining.set_welcome(
                    actor=actor,
                    is_open=request.POST.get("is_open") == "yes",
                    is_listed=request.POST.get("is_listed") == "yes",
                    price_list=_id(request.POST.get("price_list", "")),
                    warehouse=_id(request.POST.get("warehouse", "")),
                    at=at,
                )
                say(request, _("Newcomers are taken in this way from now on."))
        return reverse("seller_newcomers")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    return answer or _page(request, refusal)


def _page(request: HttpRequest, refusal: Refused | None) -> HttpResponse:
    actor, at = actor_of(request), now(request)
    asked = list(queries.asks(actor).filter(seller__in=actor.orgs, status="ASKED")[:ROWS])
    known = parties.names(one.buyer for one in asked)
    page = parts.Leaves(queries.invitations(actor), ROWS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "asked": [(one, known.get(one.buyer)) for one in asked],
        "welcome": queries.welcome_of(actor),
        "lists": list(joining.lists_for_newcomers(actor)),
        "warehouses": list(parties.in_role("WAREHOUSE", actor)),
        "may_sell": actor.may("sell"),
        "may_grant": actor.may("terms"),
        "trust": newcomers.rule_of(actor),
        "granted": newcomers.granted(actor.own_org),
        "rows": [(one, _state(one, at)) for one in page],
        "pager": parts.pager(page, ""),
        "typed": request.POST,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/newcomers.html", context, here="seller_newcomers", status=status)


def _state(one: Any, at: Any) -> parts.Pill:
    if one.taken_at is not None:
        return parts.Pill(_("Joined"), "good")
    if one.withdrawn_at is not None:
        return parts.Pill(_("Withdrawn"), "quiet")
    if one.expires_at <= at:
        return parts.Pill(_("Ended"), "quiet")
    return parts.Pill(_("Invited"), "moving")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
