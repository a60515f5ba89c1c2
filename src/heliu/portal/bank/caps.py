"""Quotas and caps over all programmes of the bank: how far each is used, and setting them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_http_methods

from heliu.capital.credit import queries as credit
from heliu.capital.lending import operations
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.parties import queries as parties
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show

KINDS = {
    "cap_seller": N_("Quota of a seller"),
    "cap_group": N_("Cap for a group of enterprises"),
    "cap_borrower": N_("Cap for one borrower"),
}
MOST_MEMBERS = 200


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """All that are set, by kind, and the groups; a post sets or lifts one, or says who is a
    group."""
    actor, at = actor_of(request), now(request)
    asked = request.POST.get("do", "")

    def do() -> str:
        DEEDS.get(asked, _set)(request, actor)
        return reverse("bank_caps")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    groups = list(parties.groups_of(actor))
    lines = credit.cap_lines(actor, at=at)
    members = [one.member for group in groups for one in group.members.all()]
    houses = parties.names([*(line.cap.party for line in lines), *members])
    named = {**houses, **{group.pk: group for group in groups}}
    context = {
        "kinds": [
            (_(words), [(line, named.get(line.cap.party)) for line in lines if _is(line, kind)])
            for kind, words in KINDS.items()
            if any(_is(line, kind) for line in lines)
        ],
        "groups": [
            (group, [houses[one.member] for one in group.members.all() if one.member in houses])
            for group in groups
        ],
        "choices": [(kind, _(words)) for kind, words in KINDS.items()],
        "may_set": actor.may("override"),
        "asked": asked,
        "typed": request.POST if refusal else {},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "bank/caps.html", context, here="bank_caps", status=status)


def _is(line: credit.CapLine, kind: str) -> bool:
    return line.cap.kind == kind


def _set(request: HttpRequest, actor: Actor) -> None:
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Invalid("kind-unknown", "Choose what it is for.", field="kind")
    limit, problem = read_amount(request.POST.get("limit", ""))
    if limit is None:
        raise Invalid("amount-unreadable", problem, field="limit")
    party = _party(actor, kind, request.POST)
    cap = operations.set_cap(kind=kind, party=party, limit=limit, actor=actor, at=now(request))
    say(
        request,
        _("It is set. More than that stands: nothing new is lent on it until it fits.")
        if cap.is_sinking
        else _("It is set. What is lent already counts on it."),
    )


def _lift(request: HttpRequest, actor: Actor) -> None:
    operations.lift_cap(_id(request.POST.get("cap", "")), actor=actor, at=now(request))
    say(request, _("It is lifted."))


def _group(request: HttpRequest, actor: Actor) -> None:
    typed = request.POST.get("members", "").replace("，", ",").replace("、", ",")
    codes = [code.strip() for code in typed.replace("\n", ",").split(",") if code.strip()]
    members = [_coded(actor, code).pk for code in codes[:MOST_MEMBERS]]
    operations.set_group(
        name=request.POST.get("name", ""), members=members, actor=actor, at=now(request)
    )
    say(request, _("The group is kept; its loans count together."))


DEEDS = {"cap": _set, "lift": _lift, "group": _group}


def _party(actor: Actor, kind: str, typed: Mapping[str, Any]) -> UUID:
    """Whom a cap is for: a party by its code, a group by its name."""
    said = str(typed.get("party", "")).strip()
    if kind == "cap_group":
        group = parties.groups_of(actor).filter(name__iexact=said).first()
        if group is None:
            raise Invalid("group-unknown", "There is no such group.", field="party")
        return group.pk
    role = "SELLER" if kind == "cap_seller" else None
    return UUID(str(_coded(actor, said, role).pk))


def _coded(actor: Actor, code: str, role: str | None = None) -> Any:
    known = parties.in_role(role, actor) if role else parties.visible_to(actor)
    found = known.filter(code__iexact=code).first()
    if found is None:
        raise Invalid(
            "party-unknown", "Nobody you know has the code %(said)s.", field="party", said=code
        )
    return found


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Invalid("cap-unknown", "There is no such cap.", field="cap") from None
