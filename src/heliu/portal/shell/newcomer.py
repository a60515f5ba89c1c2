"""How the house's own application stands: what is asked, what was decided, its evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.files import queries as files
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import verifying
from heliu.kernel.parties import operations
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.conversations import talk_of
from heliu.portal.shell.onboarding import steps_of
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show

OPEN = ("CHECKING", "IN_REVIEW", "MORE_ASKED", "DENIED")
TO_HAND_IN = ("MORE_ASKED", "DENIED")


@require_http_methods(["GET", "POST"])
@desk_page
def joining(request: HttpRequest) -> HttpResponse:
    """Where the application stands and what is still to be done; a post adds a paper or answers."""
    actor, at = actor_of(request), now(request)
    application = queries.own(actor)

    def do() -> str:
        if application is None:
            raise NotFound()
        for file in request.FILES.getlist("paper"):
            content = file.read()
            name = file.name or ""
            verifying.add_evidence(application.pk, actor=actor, name=name, content=content, at=at)
            say(request, _("The paper is added."))
        if request.POST.get("act") == "hand-in":
            verifying.hand_in(
                application.pk,
                actor=actor,
                name=request.POST.get("name", ""),
                note=request.POST.get("note", ""),
                at=at,
            )
            say(request, _("Handed in; a person looks at it."))
        elif not request.FILES:
            raise Invalid("file-missing", "Choose a file.", field="paper")
        return reverse("joining")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    return answer or _page(request, actor, application, refusal)


def _page(
    request: HttpRequest, actor: Actor, application: Any, refusal: Refused | None
) -> HttpResponse:
    context = {
        "application": application,
        "is_open": application is not None and application.status in OPEN,
        "may_hand_in": application is not None
        and application.status in TO_HAND_IN
        and actor.may("manage"),
        "may_manage": actor.may("manage"),
        "decisions": queries.decisions(application) if application else [],
        "papers": files.of_subjects(actor, [application.pk]) if application else [],
        "steps": steps_of(actor, application),
        "talk": talk_of(actor, "application", application.pk, now(request))
        if application
        else None,
        "refusal": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/joining.html", context, here="company", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def address(request: HttpRequest) -> HttpResponse:
    """Where goods are delivered to; a post writes it down."""
    actor = actor_of(request)
    house = parties.visible_to(actor).get(pk=actor.own_org)

    def do() -> str:
        typed = {name: request.POST.get(name, "") for name in ("city", "address")}
        operations.settle_at(actor=actor, **typed)
        say(request, _("Goods are delivered there from now on."))
        return reverse("joining")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "city": request.POST.get("city", house.city_zh or house.city),
        "address": request.POST.get("address", house.address),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "shell/joining_address.html", context, here="company", status=status
    )
