"""Frozen accounts: the bank's list and the sheet on which it writes an order down, and one order
as the bank and whose account it is read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.bank import freezing as accounts
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as questions
from heliu.kernel.errors import Invalid
from heliu.kernel.files import queries as files
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.approvals import asked
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, show
from heliu.portal.ui.parts import Leaves, Will, pager
from heliu.trade import deals, freezing

ROWS = 50


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """All of them, newest first; a post of the bank's writes an order down and asks the others."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        typed = request.POST
        wanted = accounts.Order(
            _house(actor, typed.get("org", "")), typed.get("authority", ""),
            typed.get("paper", ""), typed.get("reason", ""),
        )  # fmt: skip
        one, question = freezing.ask(wanted, actor=actor, at=at)
        if paper := request.FILES.get("file"):
            freezing.show(
                one.number, name=paper.name or "", content=paper.read(), actor=actor, at=at
            )
        return asked(request, question)

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    page = Leaves(accounts.visible_to(actor), ROWS).get_page(request.GET.get("page"))
    found = list(page)
    houses = parties.names(one.org for one in found)
    context = {
        "rows": [(one, houses.get(one.org)) for one in found],
        "pager": pager(page),
        "may_ask": "BANK" in actor.party_roles and actor.may("decide"),
        "dealers": _dealers(actor),
        "authorities": accounts.authorities(),
        "will": [
            Will(_("Another person of the bank agrees first")),
            Will(_("Money may come in; none goes out until the freeze is lifted")),
        ],
        "typed": request.POST if refusal else {},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(request, "deal/freezes.html", context, here="freezes", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One of them with what waits for it; a post of the bank's asks the others to lift it."""
    actor, at = actor_of(request), now(request)
    one = accounts.get(actor, number)

    def do() -> str:
        _one, question = freezing.ask_to_lift(
            number, paper=request.POST.get("lift_paper", ""),
            reason=request.POST.get("lift_reason", ""), actor=actor, at=at,
        )  # fmt: skip
        return asked(request, question)

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    is_bank, houses = one.bank in actor.orgs, parties.names([one.org, one.bank])
    question = questions.about(actor, one.pk, "freeze", "unfreeze")
    waits = list(accounts.payments_of(one, actor)[:ROWS]) if one.status == "FROZEN" else []
    numbers = dict(
        deals.visible_to(actor)
        .filter(pk__in=[payment.deal for payment in waits])
        .values_list("pk", "number")
    )
    context = {
        "one": one,
        "org": houses.get(one.org),
        "bank": houses.get(one.bank),
        "paper": next(iter(files.of_subjects(actor, [one.pk])), None),
        "waits": [(payment, numbers.get(payment.deal, "")) for payment in waits],
        "question": question,
        "may_lift": is_bank and actor.may("decide") and one.status == "FROZEN" and not question,
        "will": [Will(_("Payments that waited go on, unless another order holds the account"))],
        "typed": request.POST if refusal else {},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(request, "deal/freeze.html", context, here="freezes", status=status)


def _dealers(actor: Actor) -> list[Any]:
    """Houses that have a supervised account at this bank."""
    return list(parties.names(accounts.holders(actor)).values())


def _house(actor: Actor, code: str) -> Any:
    found = next((one for one in _dealers(actor) if one.code == code), None)
    if found is None:
        raise Invalid("party-unknown", "Choose whose account it is.", field="org")
    return found.pk
