"""Who wants to join: what the register says, the papers, and a person's decision; the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.files import queries as files
from heliu.kernel.joining import queries
from heliu.kernel.joining.operations import ruling, verifying
from heliu.kernel.joining.policies import FINDINGS
from heliu.portal.shell.conversations import talk_of
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.parts import Chip, Leaves, pager
from heliu.trade import joining

ROWS = 50
TO_DECIDE = ("IN_REVIEW", "MORE_ASKED")
STATES = {
    "": queries.WAITING,
    "done": ("APPROVED", "DENIED"),
}
ACTS = {
    "approve": verifying.approve,
    "deny": verifying.deny,
    "more": verifying.ask_for_more,
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Those who wait, the oldest first; at the right the first of them."""
    return _page(request, None, None)


@require_http_methods(["GET", "POST"])
@desk_page
def newcomer(request: HttpRequest, application: UUID) -> HttpResponse:
    """One of them; a post admits, denies or asks for more, each with a reason."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Invalid("choice-unknown", "There is no such choice.", field="act")
        act(application, actor=actor, reason=request.POST.get("reason", ""), at=at)
        joining.wake()
        say(request, _("It is decided, and the newcomer is told."))
        return reverse("operator_newcomers")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    return answer or _page(request, application, refusal)


@require_http_methods(["GET", "POST"])
@desk_page
def rules(request: HttpRequest) -> HttpResponse:
    """Who may join and who is admitted without a person; a post makes a new version."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        _set_rules(request, actor, at)
        say(request, _("In force from now on; what is decided stays."))
        return reverse("operator_newcomer_rules")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    held = queries.rules()
    typed = request.POST if refusal else None
    context = {
        "door": typed.get("door") if typed else held.door,
        "sellers": typed.get("sellers") if typed else held.sellers,
        "by_rule": typed.get("by_rule") == "yes" if typed else held.by_rule,
        "least_days": typed.get("least_days") if typed else held.least_days,
        "most_branches": typed.get("most_branches") if typed else queries.most_branches(),
        "reason": typed.get("reason") if typed else "",
        "doors": queries.DOORS,
        "choices": queries.SELLERS,
        "versions": list(queries.versions(actor)[:ROWS]),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "operator/newcomer_rules.html", context, here="operator_newcomers", status=status
    )


def _set_rules(request: HttpRequest, actor: Actor, at: datetime) -> None:
    days, branches = (
        request.POST.get(name, "").strip() for name in ("least_days", "most_branches")
    )
    ruling.set_rules(
        actor=actor,
        door=request.POST.get("door", ""),
        sellers=request.POST.get("sellers", ""),
        by_rule=request.POST.get("by_rule") == "yes",
        least_days=int(days) if days.isdecimal() and len(days) < 6 else -1,
        most_branches=_most(branches),
        reason=request.POST.get("reason", ""),
        at=at,
    )


def _most(typed: str) -> int | None:
    """How many branches were typed; left empty it stays as it is."""
    if not typed:
        return None
    return int(typed) if typed.isdecimal() and len(typed) < 6 else -1


def _page(request: HttpRequest, application: UUID | None, refusal: Refused | None) -> HttpResponse:
    actor = actor_of(request)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    found = queries.visible_to(actor).filter(status__in=STATES[state])
    found = found.order_by("-decided_at", "-id") if state else found
    page = Leaves(found, ROWS).get_page(request.GET.get("page"))
    rows = list(page)
    chosen = queries.get(actor, application) if application else (rows[0] if rows else None)
    waiting = sum(queries.counts(actor).values())
    context = {
        "rows": rows,
        "pager": pager(page, "state=done" if state else ""),
        "chips": [
            Chip(_("Waiting"), "?", waiting, on=not state),
            Chip(_("Decided"), "?state=done", on=bool(state)),
        ],
        "state": state,
        "waiting": waiting,
        "chosen": application is not None,
        "shown": chosen is not None,
        "one": chosen,
        "refusal": refusal,
        "typed": request.POST,
        **(_evidence(actor, chosen) if chosen else {}),
        "talk": talk_of(actor, "application", chosen.pk, now(request)) if chosen else None,
    }
    status = refusal.status if refusal else 200
    return show(
        request, "operator/newcomers.html", context, here="operator_newcomers", status=status
    )


def _evidence(actor: Actor, one: Any) -> dict[str, Any]:
    """What was found, the register's own words, the papers, what was done."""
    acts = queries.decisions(one)
    told = next((act for act in reversed(acts) if act.rules or act.findings or act.register), None)
    return {
        "acts": acts,
        "register": told.register if told else None,
        "findings": [_(FINDINGS[code]) for code in told.findings] if told else [],
        "papers": files.of_subjects(actor, [one.pk]),
        "may_decide": one.status in TO_DECIDE and actor.may("operate"),
    }
