"""The page of the pledge board: strip, list, and where the chosen pledge lies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.deal.tellings import pieces
from heliu.portal.shell.cover import state_of
from heliu.portal.shell.goods import goods_words
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.formats import count_text, moment_text, money_text, percent_text
from heliu.portal.ui.parts import Chip, Figure
from heliu.portal.warehouse.houses import chosen_house, houses_of
from heliu.portal.warehouse.plan import draw, key_of, places_of
from heliu.trade.cover import Cover, Total, covers, total

WEEK = timedelta(days=7)
MOST_ROWS = 200


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Worst cover first, as far as the desk may see debts; then the oldest."""
    actor, at = actor_of(request), now(request)
    everything = covers(actor, at)
    show_only = request.GET.get("show", "all")
    filters = _filters(everything)
    chosen_filter = filters.get(show_only, filters["all"])
    found = [one for one in everything if chosen_filter[1](one)]
    chosen = next(
        (one for one in everything if one.row.pledge.number == request.GET.get("pledge")), None
    )
    context = {
        "figures": _figures(actor, everything, at),
        "chips": [
            Chip(words, f"?show={key}", sum(map(fits, everything)), on=key == show_only)
            for key, (words, fits) in filters.items()
        ],
        "show": show_only,
        "rows": _rows(found[:MOST_ROWS]),
        "has_more": len(found) > MOST_ROWS,
        "sees_debt": sees_debt(everything),
        "chosen": chosen,
        **_where(request, actor, everything, chosen),
    }
    return show(request, "warehouse/pledge_board.html", context, here="pledge_board")


def sees_debt(everything: Sequence[Cover]) -> bool:
    """Whether the desk may compare debts with goods."""
    return any(one.debt is not None for one in everything)


def _rows(found: Sequence[Cover]) -> list[dict[str, Any]]:
    houses = names(org for one in found for org in (one.row.pledge.pledgor, one.row.pledge.pledgee))
    return [
        {
            "cover": one,
            "pledge": one.row.pledge,
            "owner": houses.get(one.row.pledge.pledgor),
            "lender": houses.get(one.row.pledge.pledgee),
            "goods": goods_words(one.row.lines),
            "bins": list(dict.fromkeys(line.bin for line in one.row.lines if line.bin)),
            "state": state_of(one),
        }
        for one in found
    ]


def _filters(everything: Sequence[Cover]) -> dict[str, Any]:
    """Words and test of each filter of the board, the first being all."""
    filters: dict[str, Any] = {"all": (_("All"), lambda one: True)}
    if sees_debt(everything):
        filters["short"] = (_("Short"), lambda one: bool(one.gap))
    filters["fetch"] = (_("To be fetched"), lambda one: bool(one.row.ready))
    filters["long"] = (_("60 days and longer"), lambda one: one.is_long)
    return filters


def _figures(actor: Actor, everything: Sequence[Cover], at: datetime) -> list[Figure]:
    sums = total(everything)
    number = ngettext("%(n)s pledge", "%(n)s pledges", sums.pledges) % {
        "n": count_text(sums.pledges)
    }
    note = f"{number} · {pieces(sums.quantity)}"
    figures = [Figure(_("Goods pledged"), minor=sums.value, note=note)]
    if sees_debt(everything):
        figures += _debts(sums)
    return [*figures, _waiting(actor, at), _refused(actor, at)]


def _debts(sums: Total) -> list[Figure]:
    share = percent_text(sums.percent) if sums.percent is not None else ""
    return [
        Figure(
            _("Debt on them"),
            minor=sums.debt,
            note=_("loan to value %(share)s") % {"share": share} if share else "",
        ),
        Figure(
            _("Short"),
            text=count_text(sums.short),
            note=_("%(amount)s missing") % {"amount": money_text(sums.gap)} if sums.gap else "",
            href="?show=short",
            tone="bad" if sums.short else "",
        ),
    ]


def _waiting(actor: Actor, at: datetime) -> Figure:
    waiting = pledges.pick_ups(actor)
    first = waiting.filter(code_valid_until__gt=at).first()
    language = get_language() or "en"
    note = (
        _("the next code runs out %(moment)s")
        % {"moment": moment_text(first.code_valid_until, day_of(at), language)}
        if first
        else ""
    )
    return Figure(
        _("Pick-ups waiting"), text=count_text(waiting.count()), note=note, href="?show=fetch"
    )


def _refused(actor: Actor, at: datetime) -> Figure:
    refused = warehousing.attempts_visible_to(actor).filter(outcome="REFUSED", at__gt=at - WEEK)
    pledged = refused.filter(reason="pledged").count()
    return Figure(
        _("Picks refused"),
        text=count_text(refused.count()),
        note=_("in 7 days, %(n)s of pledged goods") % {"n": count_text(pledged)},
    )


def _where(
    request: HttpRequest, actor: Actor, everything: Sequence[Cover], chosen: Cover | None
) -> dict[str, Any]:
    """The plan of the house with the chosen pledge outlined; nothing for a desk without a house."""
    house = chosen_house(request, houses_of(actor))
    if house is None:
        return {}
    short = {one.row.pledge.pk for one in everything if one.gap}
    places = places_of(actor, house, short)
    if not places:
        return {}
    pledge = chosen.row.pledge.pk if chosen else None
    outlined = {place.place.pk for place in places if pledge in place.pledges}
    return {
        "house": house,
        "plan": draw(places, outlined),
        "key": key_of(places),
        "map_href": reverse("warehouse_map"),
    }
