"""A house's own rules: from which amount on an act needs whose agreement."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations, queries
from heliu.kernel.approvals.policies import MOST_LEVELS, MOST_PEOPLE, Act, Level, Measure
from heliu.kernel.errors import Invalid
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.approvals import act_words
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.shell.sheets import rate_of
from heliu.portal.ui.formats import money_text
from heliu.trade import approvals

MAY = {
    "sign": N_("who may sign"),
    "enforce": N_("who may enforce"),
    "decide": N_("who may decide on credit"),
    "release": N_("who may release goods"),
    "sell": N_("who may sell"),
    "terms": N_("who may set terms"),
    "concede": N_("who may agree to low offers"),
    "override": N_("who may overrule the rules of credit"),
    "manage": N_("who may manage the house"),
}


@require_http_methods(["GET", "POST"])
@desk_page
def rules(request: HttpRequest) -> HttpResponse:
    """Each act with its rules by amount; a post sets the levels of one amount, or takes it away."""
    actor, at = actor_of(request), now(request)
    acts = approvals.ruled_by(actor)

    def do() -> str:
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Invalid("act-unknown", "Your house has no rules for this.", field="act")
        amount = _share(request) if act.measure == Measure.SHARE else _amount(request)
        levels = [] if request.POST.get("remove") == "yes" else _levels(request)
        operations.set_levels(act, from_amount=amount, levels=levels, actor=actor, at=at)
        say(request, _("The rule is set.") if levels else _("The rule is taken away."))
        return reverse("approval_rules")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    context = {
        "acts": _acts(actor, acts, request.POST if refusal else {}),
        "may_set": actor.may("manage"),
        "people": [str(n) for n in range(1, MOST_PEOPLE + 1)],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "shell/approval_rules.html", context, here="approvals", status=status
    )


def _amount(request: HttpRequest) -> int:
    """From which amount on; nothing means from the first fen."""
    typed = request.POST.get("from_amount", "").strip()
    if typed in ("", "0", "0.00"):
        return 0
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("amount-unreadable", problem, field="from_amount")
    return amount


def _share(request: HttpRequest) -> int:
    """From which share on, in hundredths of a per cent; nothing means always."""
    return int(rate_of(request, "from_amount") * 100)


def _levels(request: HttpRequest) -> list[Level]:
    """The levels of the form, those without a permission left out."""
    found = []
    for number in range(1, MOST_LEVELS + 1):
        permission = request.POST.get(f"permission-{number}", "")
        people = request.POST.get(f"people-{number}", "1")
        if permission:
            found.append(Level(permission, int(people) if people.isdecimal() else 0))
    if not found:
        raise Invalid("levels-missing", "A rule needs at least one level.", field="levels")
    return found


def _acts(actor: Actor, acts: dict[str, Act], posted: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each act with what holds where no rule is set, its rules, the lowest amount first, and the
    form for a further one, which keeps what was `posted` and refused."""
    own = list(queries.rules(actor))
    return [
        {
            "name": act.name,
            "words": act_words(act.name),
            "is_by_share": act.measure == Measure.SHARE,
            "default": [_level_words(level.permission, level.people) for level in act.levels],
            "choices": [(one, _(MAY[one])) for one in act.agreed_by],
            "is_refused": posted.get("act") == act.name,
            "form": _form(posted if posted.get("act") == act.name else {}),
            "rules": [
                {
                    "amount": amount,
                    "amount_text": money_text(amount),
                    "levels": [_level_words(one.permission, one.people) for one in group],
                    "by": group[0].set_by_name,
                    "at": group[0].set_at,
                }
                for amount, group in (
                    (amount, list(found))
                    for amount, found in groupby(
                        (one for one in own if one.act == act.name), lambda one: one.from_amount
                    )
                )
            ],
        }
        for act in acts.values()
    ]


def _form(typed: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the fields of a form."""
    return {
        "from_amount": typed.get("from_amount", ""),
        "levels": [
            {
                "number": number,
                "permission": typed.get(f"permission-{number}", ""),
                "people": typed.get(f"people-{number}", "1"),
            }
            for number in range(1, MOST_LEVELS + 1)
        ],
    }


def _level_words(permission: str, people: int) -> str:
    who = _(MAY.get(permission, permission))
    return ngettext("%(n)d person %(who)s", "%(n)d people %(who)s", people) % {
        "n": people,
        "who": who,
    }
