"""Orders that come back by themselves: set up from a list, looked at, put off, ended."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.commerce.lists import operations as lists
from heliu.commerce.lists import queries
from heliu.kernel.addresses import queries as addresses
from heliu.kernel.clock import day_of
from heliu.kernel.language import is_chinese
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import (
    actor_of,
    attempt,
    deed,
    desk_page,
    id_in,
    now,
    say,
    see_other,
    show,
)


@require_http_methods(["GET", "POST"])
@desk_page
def set_up(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Let a list be ordered by itself; a refusal keeps what was chosen."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, list_id)
    typed = request.POST

    def do() -> str:
        every = typed.get("every", "")
        made = lists.recur(
            list_id,
            actor=actor,
            pay_by=typed.get("pay_by", ""),
            every=int(every) if every.isdecimal() and len(every) < 4 else 0,
            unit=typed.get("unit", ""),
            first_on=_day(typed.get("first_on", "")) or date.min,
            last_on=_day(typed.get("last_on", "")),
            remark=typed.get("remark", ""),
            wished_after=_days(typed.get("wished_after", "")),
            address=id_in(typed.get("address", "")),
            parts=_days(typed.get("parts", "")),
            parts_apart=_days(typed.get("parts_apart", "")),
            at=at,
        )
        return reverse("dealer_recurring", args=[made.pk])

    refusal = None
    if request.method == "POST":
        answer, refusal = attempt(request, lambda: deed(request, do))
        if answer is not None:
            return answer
    context = {
        "list": found,
        "seller": names([found.seller])[found.seller],
        "today": day_of(at).isoformat(),
        "addresses": list(addresses.live(actor.own_org)),
        "typed": typed or {"every": "1", "unit": "WEEK", "pay_by": "TERMS"},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "dealer/recur.html", context, here="dealer_lists", status=status)


@require_GET
@desk_page
def plan(request: HttpRequest, recurring_id: UUID) -> HttpResponse:
    """One recurring order: its plan, its next days, what became of those behind it."""
    actor = actor_of(request)
    found = queries.get_recurring(actor, recurring_id)
    context = {
        "one": found,
        "plan": plan_words(found),
        "in_parts": parts_words(found),
        "seller": names([found.seller])[found.seller],
        "next": queries.upcoming(found, 5),
        "address": addresses.get(actor, found.address) if found.address else None,
        "runs": [
            {"run": run, "reason": run.reason_zh if is_chinese() else run.reason}
            for run in found.runs.all()[:50]
        ],
    }
    return show(request, "dealer/recurring.html", context, here="dealer_lists")


@require_POST
@desk_page
def act(request: HttpRequest, recurring_id: UUID) -> HttpResponse:
    """Pause it, go on, leave the next day out, end it."""
    actor, at = actor_of(request), now(request)
    queries.get_recurring(actor, recurring_id)
    wish = request.POST.get("act", "")
    if wish == "pause":
        lists.pause(recurring_id, actor=actor)
        say(request, _("It is paused; nothing is ordered until you go on."))
    elif wish == "resume":
        lists.resume(recurring_id, actor=actor, at=at)
        say(request, _("It goes on."))
    elif wish == "skip":
        lists.skip(recurring_id, actor=actor, at=at)
        say(request, _("That day is left out."))
    elif wish == "end":
        lists.end(recurring_id, actor=actor)
        say(request, _("It has ended."))
    return see_other(reverse("dealer_recurring", args=[recurring_id]))


def plan_words(found: Any) -> str:
    """The plan in one line: every 2 weeks on Monday."""
    if found.unit == "WEEK":
        words = ngettext("every week on %(day)s", "every %(n)d weeks on %(day)s", found.every)
        return words % {"n": found.every, "day": date_format(found.first_on, "l")}
    words = ngettext("every month on day %(day)s", "every %(n)d months on day %(day)s", found.every)
    return words % {"n": found.every, "day": found.first_on.day}


def parts_words(found: Any) -> str:
    """In how many parts its lines come; nothing where they come at once."""
    if not found.parts:
        return ""
    words = ngettext(
        "%(parts)d parts, %(n)d day apart", "%(parts)d parts, %(n)d days apart", found.parts_apart
    )
    return words % {"parts": found.parts, "n": found.parts_apart}


def _days(text: str) -> int | None:
    """So many; nothing is none, and what is no number is refused with those out of bounds."""
    if not text.strip():
        return None
    return int(text) if text.isdecimal() and len(text) < 5 else -1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
