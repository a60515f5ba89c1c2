"""The roles of a house: those it makes itself, and who has which."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.kernel.access import role_editing
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.may import words_of
from heliu.kernel.access.queries import people_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, say, show
from heliu.portal.shell.titles import role_words

MOST_PEOPLE = 200


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What each role allows; a post writes one, takes one away, or gives somebody others."""
    actor = actor_of(request)
    actor.require("manage")
    acts = {"save": _save, "drop": _drop, "give": _give}

    def do() -> str:
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Invalid("choice-unknown", "There is no such choice.", field="act")
        act(request, actor)
        say(request, _("Saved."))
        return reverse("roles")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    return answer or _page(request, actor, refusal)


def _save(request: HttpRequest, actor: Actor) -> None:
    role_editing.save_role(
        actor=actor,
        code=request.POST.get("code", ""),
        name=request.POST.get("name", ""),
        name_zh=request.POST.get("name_zh", ""),
        permissions=request.POST.getlist("permission"),
    )


def _drop(request: HttpRequest, actor: Actor) -> None:
    role_editing.drop_role(request.POST.get("code", ""), actor=actor)


def _give(request: HttpRequest, actor: Actor) -> None:
    try:
        member = UUID(request.POST.get("person", ""))
    except ValueError:
        raise NotFound() from None
    role_editing.give_roles(member, request.POST.getlist("role"), actor=actor)


def _page(request: HttpRequest, actor: Actor, refusal: Refused | None) -> HttpResponse:
    found = role_editing.by_need(role_editing.roles(actor))
    people = list(
        people_of(actor)
        .filter(org=actor.own_org, is_active=True)
        .prefetch_related("roles")[:MOST_PEOPLE]
    )
    asked = request.POST if refusal else request.GET
    chosen = next((one for one in people if str(one.pk) == asked.get("person")), None)
    edited = next(
        (one for one in found if one.org is not None and one.code == request.GET.get("code")), None
    )
    ticked = request.POST.getlist("permission") if refusal else edited.permissions if edited else []
    held = [role.code for role in chosen.roles.all()] if chosen else []
    context: dict[str, Any] = {
        "rows": [
            (one, role_words(one), [words_of(may) for may in one.permissions], one.org is not None)
            for one in found
        ],
        "people": [(one, [role_words(role) for role in one.roles.all()]) for one in people],
        "chosen": chosen,
        "held": request.POST.getlist("role") if refusal else held,
        "names": [(one.code, role_words(one)) for one in found],
        "choices": [(may, words_of(may), may in ticked) for may in role_editing.may_give(actor)],
        "apart": [(words_of(a), words_of(b)) for a, b in role_editing.apart()],
        "typed": request.POST
        if refusal
        else {"code": edited.code, "name": edited.name, "name_zh": edited.name_zh}
        if edited
        else {},
        "refusal": refusal,
        "act": request.POST.get("act", ""),
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/roles.html", context, here="company", status=status)
