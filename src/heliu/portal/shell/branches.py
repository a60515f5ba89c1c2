"""The branches of a house: those that stand below it, and a form to open another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.joining import queries
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.trade import branches as story

FIELDS = ("code", "name", "name_zh", "city", "address")


@require_http_methods(["GET", "POST"])
@desk_page
def branches(request: HttpRequest) -> HttpResponse:
    """What stands below the house; a post opens a branch."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        said = {name: request.POST.get(name, "") for name in FIELDS}
        story.open_branch(actor=actor, at=at, **said)
        say(request, _("The branch is open; you manage it."))
        return reverse("branches")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    found = list(parties.branches(actor))
    most = queries.most_branches()
    context = {
        "branches": found,
        "left": max(0, most - sum(one.status != "CLOSED" for one in found)),
        "may_open": actor.may("manage") and actor.may("order"),
        "house": parties.visible_to(actor).get(pk=actor.own_org),
        "typed": request.POST if refusal else {},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/branches.html", context, here="company", status=status)
