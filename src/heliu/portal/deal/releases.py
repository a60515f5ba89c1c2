"""A large release that waits for the lender's people: what it is worth, and asking anew."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.portal.deal.reading import deal_of
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say
from heliu.trade import releasing


@require_POST
@desk_page
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody at the lender asks the others to release what was held back."""
    actor, at = actor_of(request), now(request)
    deal = deal_of(actor, ref)

    def do() -> str:
        releasing.ask(deal.pk, actor=actor, reason=request.POST.get("reason", ""), at=at)
        say(request, _("Another person is asked."))
        return reverse("deal", args=[deal.number])

    return deed(request, do)


def held_for(actor: Actor, view: Any) -> dict[str, Any]:
    """What stands on the lender's page of a deal whose earned goods wait for its people."""
    value = held_back(view) if view.side == "lender" else 0
    if not value:
        return {}
    waits = approvals.about(actor, view.deal.pk, releasing.RELEASE.name)
    return {
        "held": value,
        "held_wait": waits,
        "held_to_ask": not waits and actor.may("release"),
    }


def held_back(view: Any) -> int:
    """The value of the earned goods that wait, in fen."""
    if view.loan is None or view.pledge is None:
        return 0
    lines = sorted(view.pledge.lines.all(), key=lambda line: line.position)
    return releasing.held_back(view.loan, view.pledge, [line for line in lines if line.is_live])
