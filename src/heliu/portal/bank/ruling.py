"""The bank's own rules of decision: what holds, its versions, and proposing the next one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET, require_http_methods

from heliu.capital.credit import ruling
from heliu.capital.credit.reasons import REASONS, words
from heliu.capital.credit.rules import Rules
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import listed, money_text, percent_text

OUTCOMES = {
    "APPROVE": N_("Approved"),
    "REFER": N_("For a person to decide"),
    "DECLINE": N_("Declined"),
}
FIGURES = {
    "cut_trend": N_("Orders fell by, %"),
    "cut_days_late": N_("A payment came late by more than, days"),
    "cut_returns": N_("Returned or damaged, %"),
    "cut": N_("Then this much of the limit is left, %"),
    "clean_cycles": N_("Loans repaid in time before a limit grows"),
    "step_up": N_("It grows to at most, %"),
    "least_limit": N_("Least limit, CNY"),
}
SHARES = ("cut", "step_up")


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What decides today, all versions, and a form for the next; a post asks another person to
    agree to it."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        version, asked = ruling.propose(
            _content(request.POST),
            effective_on=_day(request.POST.get("effective_on", "")),
            reason=request.POST.get("reason", ""),
            actor=actor,
            at=at,
        )
        say(request, _("%(version)s waits for another person.") % {"version": version.version})
        return reverse("approval", args=[asked.pk])

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    current = ruling.in_force([actor.own_org], day_of(at)).get(actor.own_org)
    rules = ruling.read(current)
    versions = list(ruling.visible_to(actor))
    asked = {one.subject: one for one in approvals.visible_to(actor).filter(act="rules")}
    context = {
        "current": current,
        "versions": [(one, *_stands(one, current, asked, day_of(at))) for one in versions],
        "may_propose": actor.may("override"),
        "grades": _grades(rules, request.POST if refusal else {}),
        "outcomes": [(value, _(words)) for value, words in OUTCOMES.items()],
        "figures": _fields(rules, request.POST if refusal else {}),
        "reasons": [
            (code, words(code), code in rules.untold or code in request.POST.getlist("untold"))
            for code in REASONS
        ],
        "today": day_of(at).isoformat(),
        "typed": request.POST if refusal else {},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "bank/rules.html", context, here="bank_rules", status=status)


@require_GET
@desk_page
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version beside what held on the day before it begins."""
    actor, at = actor_of(request), now(request)
    one = ruling.get(actor, number)
    asked = {found.subject: found for found in approvals.visible_to(actor).filter(subject=one.pk)}
    current = ruling.in_force([actor.own_org], day_of(at)).get(actor.own_org)
    before = ruling.before(one)
    old, new = ruling.read(before), ruling.read(one)
    label, tone = _stands(one, current, asked, day_of(at))
    context = {
        "one": one,
        "label": label,
        "tone": tone,
        "before": before.version if before else _("the platform's rules"),
        "approval": asked.get(one.pk),
        "grades": [(letter, _row(old, letter), _row(new, letter)) for letter in new.grades],
        "figures": [
            (_(label), _typed(old, name), _typed(new, name)) for name, label in FIGURES.items()
        ],
        "untold": [listed(map(words, sorted(rules.untold))) or "–" for rules in (old, new)],
    }
    return show(request, "bank/rule_set.html", context, here="bank_rules")


def _stands(one: Any, current: Any, asked: Mapping[Any, Any], today: date) -> tuple[str, str]:
    """Where a version stands, and its tone."""
    if one.agreed_at is None:
        question = asked.get(one.pk)
        is_waiting = question is not None and question.status == "WAITING"
        return (_("Waits"), "due") if is_waiting else (_("Not agreed"), "quiet")
    if current is not None and one.pk == current.pk:
        return _("In force"), "good"
    return (_("To come"), "moving") if one.effective_on > today else (_("Past"), "quiet")


def _grades(rules: Rules, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "letter": letter,
            "score": typed.get(f"score-{letter}", str(rule.least_score)),
            "floor": typed.get(f"floor-{letter}", _percent(rule.deposit_floor)),
            "coverage": typed.get(f"coverage-{letter}", _percent(rule.coverage)),
            "outcome": typed.get(f"outcome-{letter}", rule.outcome),
        }
        for letter, rule in rules.grades.items()
    ]


def _row(rules: Rules, letter: str) -> tuple[str, ...]:
    rule = rules.grades[letter]
    return (
        str(rule.least_score),
        percent_text(rule.deposit_floor * 100, 0),
        percent_text(rule.coverage * 100, 0),
        _(OUTCOMES[rule.outcome]),
    )


def _fields(rules: Rules, typed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (name, _(label), typed.get(name, _typed(rules, name))) for name, label in FIGURES.items()
    ]


def _typed(rules: Rules, name: str) -> str:
    """A figure as it stands in its field."""
    value = getattr(rules, name)
    if name == "cut_trend":
        return str(-value)
    if name == "least_limit":
        return money_text(value)
    return _percent(value) if name in SHARES else str(value)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def _content(typed: Any) -> dict[str, Any]:
    """The rules that the form says, in the shape in which a version is kept."""
    least, problem = read_amount(typed.get("least_limit", ""))
    if least is None:
        raise Invalid("amount-unreadable", problem, field="least_limit")
    return {
        "grades": {
            letter: [
                _whole(typed, f"score-{letter}"),
                _share(typed, f"floor-{letter}"),
                _share(typed, f"coverage-{letter}"),
                typed.get(f"outcome-{letter}", ""),
            ]
            for letter in "ABCDE"
        },
        "least_limit": least,
        "cut_trend": -_whole(typed, "cut_trend"),
        **{name: _whole(typed, name) for name in ("cut_days_late", "cut_returns", "clean_cycles")},
        **{name: _share(typed, name) for name in SHARES},
        "untold": typed.getlist("untold"),
    }


def _whole(typed: Mapping[str, str], name: str) -> int:
    said = typed.get(name, "").strip()
    if not said.isdecimal() or len(said) > 6:
        raise Invalid("number-unreadable", "This needs a whole number.", field=name)
    return int(said)


def _share(typed: Mapping[str, str], name: str) -> str:
    """A typed per cent as a share."""
    try:
        value = Decimal(typed.get(name, "").strip().rstrip("%"))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Invalid("share-unreadable", "This needs a number of per cent.", field=name)
    return str(value / 100)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid("day-unreadable", "This needs a day.", field="effective_on") from None
