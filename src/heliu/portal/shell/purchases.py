"""Orders that others of the house must agree to: all of them, and one with who must still agree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.commerce.spending import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import people_of
from heliu.kernel.addresses import queries as addresses
from heliu.kernel.approvals import queries as questions
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.portal.shell.conversations import talk_of
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.spending import level_words
from heliu.portal.ui import parts
from heliu.trade import deals, purchases

ROWS = 50


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The requests of the house, newest first."""
    actor = actor_of(request)
    page = parts.Leaves(queries.requests(actor), ROWS).get_page(request.GET.get("page"))
    rows = list(page)
    known = names(one.seller for one in rows)
    context = {
        "rows": [(one, known.get(one.seller)) for one in rows],
        "pager": parts.pager(page),
    }
    return show(request, "shell/purchases.html", context, here="approvals")


@require_http_methods(["GET", "POST"])
@desk_page
def purchase(request: HttpRequest, number: str) -> HttpResponse:
    """One request; a post changes quantities, takes it back or places what is agreed to."""
    actor, at = actor_of(request), now(request)
    found = queries.request(actor, number)

    def do() -> str:
        act = request.POST.get("do", "")
        if act == "withdraw":
            purchases.withdraw(found, actor=actor, at=at)
            say(request, _("It is withdrawn."))
        elif act == "place":
            placed = purchases.place(found, actor=actor, at=at)
            return reverse("deal", args=[placed.deal.number])
        elif act == "change":
            changed = purchases.change(found, _quantities(request), actor=actor, at=at)
            say(request, _("It is changed."))
            return reverse("purchase", args=[changed.number])
        else:
            raise Invalid("deed-unknown", "This form is not known. Reload the page.")
        return reverse("purchase", args=[found.number])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    context = {**about(actor, found.pk), "refusal": refusal}
    asked = context["asked"]
    context["may_vote"] = bool(asked) and questions.may_vote(actor, asked, on=day_of(at))
    context["talk"] = talk_of(actor, "request", found.pk, at)
    status = refusal.status if refusal else 200
    return show(request, "shell/purchase.html", context, here="approvals", status=status)


def about(actor: Actor, request_id: UUID) -> dict[str, Any]:
    """What a page tells of a request: its lines, who must still agree, the deal it became."""
    found = queries.request(actor, request_id)
    asked = questions.visible_to(actor).filter(subject=found.pk).first()
    named = {member.user_id: str(member.user) for member in people_of(actor)}
    return {
        "purchase": found,
        "seller": names([found.seller]).get(found.seller),
        "lines": queries.request_lines(found),
        "asked": asked,
        "votes": list(asked.votes.order_by("at")) if asked else [],
        "steps": _steps(asked, named) if asked else [],
        "is_own": found.asked_by == actor.user_id,
        "is_open": found.status in ("WAITING", "AGREED"),
        "address": addresses.get(actor, found.address) if found.address else None,
        "deal": deals.visible_to(actor).filter(order_id=found.pk).first(),
    }


def _steps(asked: Any, named: dict[UUID, str]) -> list[parts.Step]:
    """The levels as steps: which have agreed, whose word is waited for, who comes later."""
    return [
        parts.Step(
            level_words(Level.read(level), named),
            "done"
            if number < asked.level or asked.status == "APPROVED"
            else "now"
            if number == asked.level and asked.status == "WAITING"
            else "later",
        )
        for number, level in enumerate(asked.levels, 1)
    ]


def _quantities(request: HttpRequest) -> dict[int, int]:
    """What was typed for each line; what cannot be read is refused."""
    found = {}
    for name, typed in request.POST.items():
        kind, _dash, position = str(name).partition("-")
        if kind == "quantity" and position.isdecimal():
            number = str(typed).replace(",", "").strip()
            if not number.isdecimal() or len(number) > 9:
                raise Invalid("quantity-invalid", "A quantity is a whole number.", field=str(name))
            found[int(position)] = int(number)
    return found
