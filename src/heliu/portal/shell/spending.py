"""What the house lets its people spend: budgets, cost centres, rules of purchase, houses below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.spending import operations, queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import people_of
from heliu.kernel.approvals.policies import Level
from heliu.kernel.behalf.queries import mandates
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties import queries as houses
from heliu.portal.deal.money_views import read_amount
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import listed, money_text

MAY = {
    "manage": N_("who may manage the house"),
    "pay": N_("who may pay"),
    "sign": N_("who may sign"),
}
LEVELS = (1, 2, 3)


@require_http_methods(["GET", "POST"])
@desk_page
def spending(request: HttpRequest) -> HttpResponse:
    """All of it on one page; a post does what its form says."""
    actor, at = actor_of(request), now(request)
    deeds: dict[str, Callable[[HttpRequest, Actor, datetime], str]] = {
        "house": _house, "under": _under, "centre": _centre, "spender": _spender,
        "budget": _budget, "end": _end, "rule": _rule,
    }  # fmt: skip

    def do() -> str:
        deed_of = deeds.get(request.POST.get("do", ""))
        if deed_of is None:
            raise Invalid("deed-unknown", "This form is not known. Reload the page.")
        say(request, deed_of(request, actor, at))
        return reverse("spending")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    people = [member for member in people_of(actor) if member.org == actor.own_org]
    named = {member.user_id: str(member.user) for member in people}
    own = list(named.items())
    named |= _in_our_name(actor)
    context = {
        "may_set": actor.may("manage"),
        "refusal": refusal,
        "typed": request.POST if refusal else {},
        "house": queries.house(actor),
        "keeps_days": queries.days_kept(actor.own_org),
        "tree": tree_of(actor),
        "houses": list(houses.visible_to(actor).filter(pk__in=actor.orgs).order_by("code")),
        "centres": list(queries.centres(actor)),
        "people": own,
        "orderers": list(named.items()),
        "spenders": [
            (named.get(person, "–"), centre) for person, centre in queries.spenders(actor).items()
        ],
        "periods": queries.PERIODS,
        "budgets": _budgets(actor, named, at),
        "families": catalogue.families(actor),
        "permissions": [(one, _(words)) for one, words in MAY.items()],
        "levels": LEVELS,
        "rules": [_shown(rule, named) for rule in queries.rules(actor)],
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/spending.html", context, here="company", status=status)


def _in_our_name(actor: Actor) -> dict[UUID, str]:
    """Sellers whose people may order for the house; what is set for one holds for all of them."""
    allowed = [one.seller for one in mandates(actor).filter(buyer=actor.own_org)]
    found = houses.names(allowed)
    return {pk: _("%(seller)s in our name") % {"seller": one.short} for pk, one in found.items()}


def tree_of(actor: Actor) -> list[dict[str, Any]]:
    """The house and all below it, each with those that stand below it itself."""
    found = {one.pk: one for one in houses.visible_to(actor).filter(pk__in=actor.orgs)}
    below: dict[UUID | None, list[Any]] = {}
    for one in sorted(found.values(), key=lambda one: one.code):
        below.setdefault(one.parent_id, []).append(one)

    def node(one: Any) -> dict[str, Any]:
        return {"house": one, "below": [node(child) for child in below.get(one.pk, [])]}

    return [node(found[actor.own_org])]


def level_words(level: Level, named: dict[UUID, str]) -> str:
    """A level as people say it."""
    if level.persons:
        who = listed(named.get(one, "–") for one in level.persons)
        words = who if level.people == len(level.persons) else _("one of %(who)s") % {"who": who}
    else:
        words = ngettext("%(n)d person %(who)s", "%(n)d people %(who)s", level.people) % {
            "n": level.people,
            "who": _(MAY.get(level.permission, level.permission)),
        }
    if level.hours:
        words += _(", after %(n)s hours who manages the house") % {"n": level.hours}
    return words


def _house(request: HttpRequest, actor: Actor, at: datetime) -> str:
    operations.set_house(
        needs_centre=request.POST.get("needs_centre") == "yes",
        keeps_days=_whole(request, "keeps_days"),
        actor=actor,
    )
    return _("It is set.")


def _under(request: HttpRequest, actor: Actor, at: datetime) -> str:
    moved, parent = _id(request, "org"), _id(request, "parent")
    if moved is None or parent is None:
        raise Invalid("house-missing", "Choose two houses.", field="org")
    parties.move_under(moved, parent, actor=actor)
    return _("The house is moved.")


def _centre(request: HttpRequest, actor: Actor, at: datetime) -> str:
    operations.set_centre(
        code=request.POST.get("code", ""),
        name=request.POST.get("name", ""),
        name_zh=request.POST.get("name_zh", ""),
        is_active=request.POST.get("close") != "yes",
        actor=actor,
    )
    return _("It is set.")


def _spender(request: HttpRequest, actor: Actor, at: datetime) -> str:
    person, centre = _id(request, "person"), _id(request, "centre")
    if person is None or centre is None:
        raise Invalid("spender-missing", "Choose a person and a cost centre.", field="person")
    operations.seat_spender(person, centre, actor=actor)
    return _("It is set.")


def _budget(request: HttpRequest, actor: Actor, at: datetime) -> str:
    kind, _slash, of = request.POST.get("of", "").partition(":")
    operations.set_budget(
        period=request.POST.get("period", ""),
        amount=_amount(request, "amount") or 0,
        centre=_read(of) if kind == "centre" else None,
        person=_read(of) if kind == "person" else None,
        carries=request.POST.get("carries") == "yes",
        only_warns=request.POST.get("only_warns") == "yes",
        actor=actor,
        at=at,
    )
    return _("The budget is set.")


def _end(request: HttpRequest, actor: Actor, at: datetime) -> str:
    budget = _id(request, "budget")
    if budget is None:
        raise Invalid("budget-missing", "Choose a budget.", field="budget")
    operations.end_budget(budget, actor=actor)
    return _("The budget binds no more.")


def _rule(request: HttpRequest, actor: Actor, at: datetime) -> str:
    levels = [] if request.POST.get("remove") == "yes" else _levels(request)
    operations.set_rule(
        levels=levels,
        from_amount=_amount(request, "from_amount"),
        centre=_id(request, "centre"),
        family=request.POST.get("family", ""),
        person=_id(request, "person"),
        holds_goods=request.POST.get("holds_goods") == "yes",
        actor=actor,
        at=at,
    )
    return _("The rule is set.") if levels else _("The rule is taken away.")


def _levels(request: HttpRequest) -> list[Level]:
    """The levels of the form: a permission, or one or two named people of whom all must agree."""
    hours = _whole(request, "hours", 0)
    found = []
    for number in LEVELS:
        who = request.POST.getlist(f"who-{number}")
        persons = tuple(person for one in who if (person := _read(one)))
        permission = next((one for one in who if one in MAY), "")
        if persons:
            found.append(Level("manage", len(persons), persons, hours))
        elif permission:
            found.append(Level(permission, 1, (), hours))
    if not found:
        raise Invalid("levels-missing", "A rule needs at least one level.", field="levels")
    return found


def _budgets(actor: Actor, named: dict[UUID, str], at: datetime) -> list[dict[str, Any]]:
    """Each budget with how its running period is used."""
    uses = queries.uses(actor, on=day_of(at), at=at)
    return [
        {
            "budget": one,
            "of": _of(one, named),
            "use": uses[one.pk],
            "amount_text": money_text(one.amount),
        }
        for one in queries.budgets(actor)
        if one.pk in uses
    ]  # fmt: skip


def _of(budget: Any, named: dict[UUID, str]) -> str:
    """Whose budget it is."""
    if budget.cost_centre:
        return str(budget.cost_centre)
    if budget.person:
        return named.get(budget.person, "–")
    return _("The house and all below it")


def _shown(rule: Any, named: dict[UUID, str]) -> dict[str, Any]:
    return {
        "rule": rule,
        "amount_text": money_text(rule.from_amount),
        "person": named.get(rule.person, "–") if rule.person else "",
        "levels": [level_words(Level.read(one), named) for one in rule.levels],
    }


def _amount(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "").strip()
    if typed in ("", "0", "0.00"):
        return 0
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("amount-unreadable", problem, field=name)
    return amount


def _whole(request: HttpRequest, name: str, default: int = 7) -> int:
    typed = request.POST.get(name, "").strip()
    return int(typed) if typed.isdecimal() and len(typed) < 6 else default


def _id(request: HttpRequest, name: str) -> UUID | None:
    return _read(request.POST.get(name, ""))


def _read(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
