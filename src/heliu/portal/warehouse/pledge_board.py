"""The page of the pledge board: strip, list, and where the chosen pledge lies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
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
from heliu.portal.shell.goods import goods_told
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui import parts
from heliu.portal.ui.formats import count_text, moment_text, money_text, percent_text
from heliu.portal.ui.parts import Chip, Figure
from heliu.portal.warehouse.houses import chosen_house, houses_of
from heliu.portal.warehouse.plan import draw, key_of, places_of
from heliu.trade.cover import LONG_DAYS, READY, SHORT, Total, covers, days_of, lying_long, total

WEEK = timedelta(days=7)
ROWS = 50


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Worst cover first, as far as the desk may see debts; then the oldest."""
    actor, at = actor_of(request), now(request)
    everything = covers(actor)
    sums = total(everything, at)
    filters = _filters(sums, at)
    show_only = request.GET.get("show", "all")
    shown = everything.filter(filters.get(show_only, filters["all"])[1])
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    chosen = _chosen(everything, request.GET.get("pledge", ""))
    query = urlencode({"show": show_only})
    context = {
        "figures": _figures(actor, sums, at),
        "chips": [
            Chip(words, "?" + urlencode({"show": key}), n, on=key == show_only)
            for key, (words, _rule, n) in filters.items()
        ],
        "show": show_only,
        "rows": _rows(list(page), at, f"?{query}&page={page.number}&pledge="),
        "pager": parts.pager(page, query),
        "sees_debt": bool(sums.known),
        "chosen": chosen,
        "lines": pledges.bound_lines([chosen.pk]).get(chosen.pk, []) if chosen else [],
        **_where(request, actor, everything, sums, chosen),
    }
    return show(request, "warehouse/pledge_board.html", context, here="pledge_board")


def _chosen(everything: QuerySet[Any], number: str) -> Any:
    """The pledge of a number, if the desk may see one of it."""
    return everything.filter(pledge__number=number).first() if number else None


def _rows(found: Sequence[Any], at: datetime, address: str) -> list[dict[str, Any]]:
    houses = names(org for one in found for org in (one.pledge.pledgor, one.pledge.pledgee))
    lines = pledges.bound_lines(one.pk for one in found)
    return [
        {
            "cover": one,
            "pledge": one.pledge,
            "href": f"{address}{one.pledge.number}#where",
            "days": days_of(one, at),
            "is_long": days_of(one, at) >= LONG_DAYS,
            "owner": houses.get(one.pledge.pledgor),
            "lender": houses.get(one.pledge.pledgee),
            "goods": goods_told(lines.get(one.pk, ())),
            "bins": list(dict.fromkeys(line.bin for line in lines.get(one.pk, ()) if line.bin)),
            "state": state_of(one),
        }
        for one in found
    ]


def _filters(sums: Total, at: datetime) -> dict[str, tuple[str, Q, int]]:
    """Words and rule of each filter of the board and what it leaves, the first being all."""
    filters = {"all": (_("All"), Q(), sums.pledges)}
    if sums.known:
        filters["short"] = (_("Short"), SHORT, sums.short)
    filters["fetch"] = (_("To be fetched"), READY, sums.to_fetch)
    filters["long"] = (_("60 days and longer"), lying_long(at), sums.long)
    return filters


def _figures(actor: Actor, sums: Total, at: datetime) -> list[Figure]:
    number = ngettext("%(n)s pledge", "%(n)s pledges", sums.pledges) % {
        "n": count_text(sums.pledges)
    }
    note = f"{number} · {pieces(sums.quantity)}"
    figures = [Figure(_("Goods pledged"), minor=sums.value, note=note)]
    if sums.known:
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
    ends = waiting.filter(code_valid_until__gt=at).values_list("code_valid_until", flat=True)
    first = ends.first()
    language = get_language() or "en"
    note = (
        _("the next code runs out %(moment)s")
        % {"moment": moment_text(first, day_of(at), language)}
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
    request: HttpRequest, actor: Actor, everything: QuerySet[Any], sums: Total, chosen: Any
) -> dict[str, Any]:
    """The plan of the house with the chosen pledge outlined; nothing for a desk without a house."""
    house = chosen_house(request, houses_of(actor))
    if house is None:
        return {}
    short = everything.filter(SHORT).values_list("pk", flat=True) if sums.short else ()
    places = places_of(actor, house, set(short))
    if not places:
        return {}
    outlined = {place.place.pk for place in places if chosen and chosen.pk in place.pledges}
    return {
        "house": house,
        "plan": draw(places, outlined),
        "key": key_of(places),
        "map_href": reverse("warehouse_map"),
    }
