"""Whom a house lets order in its name, and what was done so; ended here at any time."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from heliu.kernel.access.request import act_for
from heliu.kernel.behalf import operations, queries
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    deed,
    desk_page,
    now,
    say,
    see_other,
    show,
)
from heliu.portal.ui import parts

ROWS = 50


@require_http_methods(["GET", "POST"])
@desk_page
def company(request: HttpRequest) -> HttpResponse:
    """The sellers of the house, which of them may order for it, and all they did."""

    def do() -> str:
        actor, at = actor_of(request), now(request)
        if "give" in request.POST:
            operations.give(uuid_in(request, "give"), actor=actor, at=at)
            say(request, _("Its people may order for you now. You see each act here."))
        else:
            operations.end(uuid_in(request, "end"), actor=actor, at=at)
            say(request, _("It is ended: nobody orders in your name any more."))
        return reverse("company_behalf")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    return answer or _page(request, refusal)


def _page(request: HttpRequest, refusal: Refused | None) -> HttpResponse:
    actor = actor_of(request)
    page = parts.Leaves(queries.acts(actor).filter(buyer__in=actor.orgs), ROWS).get_page(
        request.GET.get("page")
    )
    links = parties.relationships_visible_to(actor).filter(buyer=actor.own_org, status="ACTIVE")
    live = {one.seller: one for one in queries.mandates(actor).filter(buyer=actor.own_org)}
    known = parties.names([*links.values_list("seller", flat=True), *(one.seller for one in page)])
    sellers = sorted(
        ((known[link.seller], live.get(link.seller)) for link in links if link.seller in known),
        key=lambda pair: pair[0].short,
    )
    context = {
        "sellers": sellers,
        "may_manage": actor.may("manage"),
        "acts": [(one, known.get(one.seller), address_of(one.number)) for one in page],
        "pager": parts.pager(page, ""),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/on_behalf.html", context, here="company", status=status)


@require_POST
@desk_page
def leave(request: HttpRequest) -> HttpResponse:
    """Back to one's own desk."""
    act_for(request, "")
    return see_other("/")


def address_of(number: str) -> str:
    """Where what a deed was about is read; '' when it was about nothing that stays."""
    if not number:
        return ""
    if number.startswith("PR-"):
        return reverse("purchase", args=[number])
    return f"{reverse('find')}?q={number}"


def uuid_in(request: HttpRequest, name: str) -> UUID:
    """The id a form sends under a name. Raises `NotFound`."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotFound() from None
