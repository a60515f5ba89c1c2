"""The queue of requests that need a person, and the decision on one of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.parties.queries import names
from heliu.portal.bank.loans import BY_THE_RULES, lent, waiting
from heliu.portal.bank.pack import pack
from heliu.portal.bank.words import WHY, why_pill
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, see_other, show
from heliu.portal.ui.formats import ORGANISATION_ZONE, money_text, percent_text
from heliu.portal.ui.parts import Chip
from heliu.trade import side_exits

MOST = 200
MOST_REASON = 300  # letters


@require_http_methods(["GET", "POST"])
@desk_page
def queue(request: HttpRequest, number: str = "") -> HttpResponse:
    """Who asks and why at the left, the evidence pack and the decision at the right."""
    actor, at = actor_of(request), now(request)
    asked = waiting(actor).select_related("assessment", "programme", "facility")
    why = request.GET.get("why", "")
    found = list(asked[:MOST])
    rows = [one for one in found if why in ("", *rules_of(one))]
    loan = asked.filter(number=number).first() if number else rows[0] if rows else None
    if number and loan is None:
        gone = partial(_is_gone, request, number)
        return deed(request, gone) if request.method == "POST" else see_other(gone())
    answer, refusal = (
        attempt(request, lambda: deed(request, lambda: decide(request, actor, loan, at)))
        if request.method == "POST" and loan is not None
        else (None, None)
    )
    if answer:
        return answer
    context = {
        **_list(actor, at, rows, found, why),
        "queue_total": asked.count(),
        **(_chosen(request, actor, at, loan, refusal) if loan is not None else {}),
        "chosen": bool(number),
        "shown": loan is not None,
        "loan": loan,
    }
    status = refusal.status if refusal else 200
    return show(request, "bank/queue.html", context, here="bank_queue", status=status)


def _is_gone(request: HttpRequest, number: str) -> str:
    say(request, _("%(number)s does not wait for a person any more.") % {"number": number})
    return reverse("bank_queue")


def decide(request: HttpRequest, actor: Actor, loan: Any, at: datetime) -> str:
    """Approve, perhaps with another deposit, or decline; then on to the next request."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    if len(reason) > MOST_REASON:
        raise Invalid(
            "reason-long",
            "A reason holds at most %(most)d letters; this one has %(n)d.",
            field="reason",
            most=MOST_REASON,
            n=len(reason),
        )
    approve = request.POST.get("approve") == "yes"
    ratio = deposit_in(request, loan) if approve else None
    side_exits.decide(
        loan.deal, actor=actor, approve=approve, reason=reason, deposit_ratio=ratio, at=at
    )
    words = _("%(number)s is approved.") if approve else _("%(number)s is declined.")
    say(request, words % {"number": loan.number})
    following = waiting(actor).exclude(pk=loan.pk).first()
    if following is None:
        return reverse("bank_queue")
    return reverse("bank_request", args=[following.number])


def deposit_in(request: HttpRequest, loan: Any) -> Decimal:
    """The deposit that was chosen, one of the programme's."""
    try:
        ratio = Decimal(request.POST.get("deposit_ratio") or loan.deposit_ratio)
    except InvalidOperation:
        ratio = Decimal(-1)
    if ratio not in [*loan.programme.deposit_ratios, loan.deposit_ratio]:
        raise Invalid(
            "deposit-not-offered",
            "This deposit is not on offer.",
            field="deposit_ratio",
            help="Choose one that the programme offers.",
        )
    return ratio


def rules_of(loan: Any) -> list[str]:
    """The codes of the rules that sent a request to a person."""
    return [one["code"] for one in loan.assessment.reasons if not one["points"]]


def _list(
    actor: Actor, at: datetime, rows: list[Any], found: list[Any], why: str
) -> dict[str, Any]:
    houses = names(loan.borrower for loan in rows)
    counts = dict.fromkeys(WHY, 0)
    for loan in found:
        for code in rules_of(loan):
            counts[code] = counts.get(code, 0) + 1
    return {
        "queue": [
            {
                "loan": loan,
                "house": houses.get(loan.borrower),
                "href": reverse("bank_request", args=[loan.number])
                + (f"?why={why}" if why else ""),
                "why": why_pill(rules_of(loan)),
                "is_today": day_of(loan.created_at) == day_of(at),
            }
            for loan in rows
        ],
        "today_words": today_words(actor, at),
        "chips": [
            Chip(_("All"), "?", len(found), on=not why),
            *(
                Chip(_(WHY[code]), f"?why={code}", n, on=code == why)
                for code, n in counts.items()
                if n and code in WHY
            ),
        ],
    }


def today_words(actor: Actor, at: datetime) -> str:
    """How many loans were asked for today, and how many of them the rules approved."""
    midnight = at.astimezone(ORGANISATION_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    today = lent(actor).filter(created_at__gte=midnight)
    counts = today.aggregate(n=Count("pk"), by_rules=Count("pk", filter=BY_THE_RULES))
    if not counts["n"]:
        return _("Nothing was asked for today yet.")
    share = percent_text(Decimal(counts["by_rules"]) * 100 / counts["n"])
    return ngettext(
        "Today %(n)d request, approved by the rules %(auto)d (%(share)s)",
        "Today %(n)d requests, approved by the rules %(auto)d (%(share)s)",
        counts["n"],
    ) % {"n": counts["n"], "auto": counts["by_rules"], "share": share}


def _chosen(
    request: HttpRequest, actor: Actor, at: datetime, loan: Any, refusal: Refused | None
) -> dict[str, Any]:
    house = names([loan.borrower])[loan.borrower]
    may_override = actor.may("override")
    ratios = sorted({*loan.programme.deposit_ratios, loan.deposit_ratio})
    chosen = request.POST.get("deposit_ratio") or str(loan.deposit_ratio)
    return {
        "house": house,
        "refusal": refusal,
        "may_override": may_override,
        "ratios": [
            (one, percent_text(one * 100, 0), str(one) == chosen)
            for one in (ratios if may_override else [loan.deposit_ratio])
        ],
        "decision_words": _("Approve %(amount)s · %(deposit)s · %(rate)s")
        % {
            "amount": money_text(loan.principal),
            "deposit": percent_text(loan.deposit_ratio * 100, 0),
            "rate": percent_text(loan.rate, 2),
        },
        **pack(loan, actor, at),
    }
