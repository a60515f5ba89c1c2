"""The registry of movables: claims to decide on, what waits, what is registered, and a search."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries as lending
from heliu.capital.registry import queries as registry
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.bank.loans import numbers_of
from heliu.portal.shell.goods import GoodsTold, goods_told
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.trade import deals, registration, registry_answers

ROWS = 50
SEARCHES = 5


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Claims first, then what waits, then what is registered, what ends first on top."""
    actor = actor_of(request)
    page = parts.Leaves(registry.live(actor).filter(lender__in=actor.orgs), ROWS).get_page(
        request.GET.get("page")
    )
    claims = list(registration.in_conflict(actor).filter(lender__in=actor.orgs)[:ROWS])
    waiting = list(registry.waiting(actor).filter(lender__in=actor.orgs)[:ROWS])
    searches = list(registry.by_hand(actor).filter(lender__in=actor.orgs)[:SEARCHES])
    shown = [*page, *claims, *waiting, *searches]
    numbers = numbers_of(actor, {one.deal for one in shown if one.deal})
    dealers = _dealers(actor)
    houses = names({one.debtor for one in shown} | dealers)
    context = {
        "today": day_of(now(request)),
        "claims": _claims(actor, claims, numbers, houses),
        "waiting": _rows(waiting, numbers, houses),
        "rows": _registered(actor, page, numbers, houses),
        "pager": parts.pager(page, ""),
        "searches": [
            {**row, "entries": _entries(actor, row["one"])}
            for row in _rows(searches, numbers, houses)
        ],
        "dealers": sorted(
            ((str(org), houses[org].short) for org in dealers if org in houses),
            key=lambda one: one[1],
        ),
        "may_override": actor.may("override"),
        "may_decide": actor.may("decide"),
    }
    return show(request, "bank/registry.html", context, here="bank_registry")


@require_POST
@desk_page
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Go on in spite of another's claim, or call the order off."""
    actor, at = actor_of(request), now(request)
    reason = request.POST.get("reason", "")
    goes_on = request.POST.get("go_on") == "yes"
    deal = deals.get(actor, number)

    def do() -> str:
        act = registry_answers.go_on if goes_on else registry_answers.call_off
        act(deal.pk, actor=actor, reason=reason, at=at)
        words = _("%(number)s goes on.") if goes_on else _("%(number)s is called off.")
        say(request, words % {"number": number})
        return reverse("bank_registry")

    return deed(request, do)


@require_POST
@desk_page
def again(request: HttpRequest, filing: UUID) -> HttpResponse:
    """Have a refused filing filed once more, when its cause is mended."""
    actor, at = actor_of(request), now(request)
    refused = registry.get(actor, filing)

    def do() -> str:
        registration.file_again(refused.pk, actor=actor, at=at)
        say(request, _("Filed again."))
        return reverse("bank_registry")

    return deed(request, do)


@require_POST
@desk_page
def search(request: HttpRequest) -> HttpResponse:
    """Look a dealer of this bank up in the register; the answer comes to the page."""
    actor, at = actor_of(request), now(request)
    wanted = {str(org): org for org in _dealers(actor)}.get(request.POST.get("debtor", ""))
    if wanted is None:
        raise NotFound()

    def do() -> str:
        registration.search_by_hand(debtor=wanted, actor=actor, at=at)
        say(request, _("The register is searched; reload the page for the answer."))
        return reverse("bank_registry") + "#search"

    return deed(request, do)


def _dealers(actor: Actor) -> set[UUID]:
    """The dealers this bank has given a limit."""
    given = credit.visible_to(actor).filter(lender__in=actor.orgs)
    return set(given.order_by().values_list("borrower", flat=True).distinct())


def _rows(found: Any, numbers: dict[UUID, str], houses: dict[UUID, Any]) -> list[dict[str, Any]]:
    return [
        {"one": one, "house": houses.get(one.debtor), "deal": numbers.get(one.deal, "")}
        for one in found
    ]


def _registered(
    actor: Actor, page: Any, numbers: dict[UUID, str], houses: dict[UUID, Any]
) -> list[dict[str, Any]]:
    """What is entered, with the goods by their names; the register knows them by code only."""
    goods = _goods(actor, {one.deal for one in page})
    return [{**row, "goods": goods.get(row["one"].deal)} for row in _rows(page, numbers, houses)]


def _goods(actor: Actor, found: set[UUID]) -> dict[UUID, GoodsTold]:
    """What is pledged in these deals, by deal."""
    bound = pledges.visible_to(actor).filter(deal__in=found).prefetch_related("lines__sku")
    return {pledge.deal: goods_told(pledge.lines.all()) for pledge in bound}


def _claims(
    actor: Actor, found: list[Any], numbers: dict[UUID, str], houses: dict[UUID, Any]
) -> list[dict[str, Any]]:
    """Each deal that waits for a decision, with what stands against it."""
    principals = dict(
        lending.visible_to(actor)
        .filter(deal__in=[one.deal for one in found])
        .values_list("deal", "principal")
    )
    return [
        {
            **row,
            "principal": principals.get(row["one"].deal),
            "entries": registry.conflicts(row["one"]),
        }
        for row in _rows(found, numbers, houses)
    ]


def _entries(actor: Actor, search: Any) -> list[dict[str, Any]]:
    own = {str(org) for org in actor.orgs}
    return [{"entry": entry, "is_own": entry.secured in own} for entry in registry.entries(search)]
