"""The pledge board over all warehouses: what secures which debt, the thinnest cover first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges.queries import bound_lines
from heliu.portal.bank.loans import numbers_of
from heliu.portal.shell.cover import state_of
from heliu.portal.shell.goods import goods_told
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.records import House
from heliu.portal.ui import parts
from heliu.portal.ui.formats import NOTHING, count_text, money_text, percent_text
from heliu.trade.cover import READY, SHORT, Total, covers, days_of, lying_long, total

ROWS = 50


@require_GET
@desk_page
def board(request: HttpRequest) -> HttpResponse:
    """Pledges in force for this bank, by gap and then by loan to value."""
    actor, at = actor_of(request), now(request)
    state, house = request.GET.get("state", ""), request.GET.get("house", "")
    everything = covers(actor).filter(debt__isnull=False, pledge__pledgee__in=actor.orgs)
    counts = _by_house(everything)
    houses = names(counts)
    chosen = [org for org, known in houses.items() if known.code == house]
    here = everything.filter(pledge__custodian__in=chosen) if house else everything
    sums = total(here, at)
    filters = {
        "": (_("All"), Q(), sums.pledges),
        "short": (_("Short"), SHORT, sums.short),
        "free": (_("To be fetched"), READY, sums.to_fetch),
        "old": (_("60 days and longer"), lying_long(at), sums.long),
    }
    shown = here.filter(filters.get(state, filters[""])[1])
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "figures": figures(sums),
        "chips": [
            parts.Chip(words, _address(key, house), n, key == state)
            for key, (words, _rule, n) in filters.items()
        ],
        "house_chips": _house_chips(counts, houses, state, house),
        "rows": _rows(actor, list(page), houses, at),
        "pager": parts.pager(page, _address(state, house)[1:]),
    }
    return show(request, "bank/pledge_board.html", context, here="bank_pledges")


def figures(sums: Total) -> list[parts.Figure]:
    """The board in five figures."""
    return [
        parts.Figure(
            _("Goods in pledge"),
            minor=sums.value,
            note=_("%(n)s pledges, %(pieces)s pieces")
            % {"n": count_text(sums.pledges), "pieces": count_text(sums.quantity)},
        ),
        parts.Figure(_("Debt they secure"), minor=sums.debt),
        parts.Figure(
            _("Loan to value"),
            text=percent_text(sums.percent) if sums.percent is not None else NOTHING,
        ),
        parts.Figure(
            _("Short"),
            text=count_text(sums.short),
            unit=ngettext("pledge", "pledges", sums.short),
            note=_("by %(amount)s") % {"amount": money_text(sums.gap)}
            if sums.short
            else _("all within their share"),
            tone="bad" if sums.short else "",
            href=_address("short", ""),
        ),
        parts.Figure(
            _("To be fetched"),
            text=count_text(sums.ready),
            unit=_("pieces"),
            href=_address("free", ""),
        ),
    ]


def _by_house(found: QuerySet[Any]) -> dict[UUID, int]:
    """How many pledges each warehouse keeps, the most first."""
    counts = found.values_list("pledge__custodian").annotate(n=Count("pk"))
    return dict(counts.order_by("-n", "pledge__custodian"))


def _house_chips(
    counts: Mapping[UUID, int], houses: Mapping[UUID, House], state: str, chosen: str
) -> list[parts.Chip]:
    """One chip per warehouse, when there are several."""
    if len(counts) < 2:
        return []
    return [
        parts.Chip(
            houses[org].short,
            _address(state, "" if houses[org].code == chosen else houses[org].code),
            n,
            on=houses[org].code == chosen,
        )
        for org, n in counts.items()
        if org in houses
    ]


def _rows(
    actor: Actor, found: Sequence[Any], houses: Mapping[UUID, House], at: datetime
) -> list[dict[str, Any]]:
    numbers = numbers_of(actor, (one.pledge.deal for one in found))
    owners = names(one.pledge.pledgor for one in found)
    lines = bound_lines(one.pk for one in found)
    return [
        {
            "cover": one,
            "days": days_of(one, at),
            "owner": owners.get(one.pledge.pledgor),
            "house": houses.get(one.pledge.custodian),
            "state": state_of(one),
            "goods": goods_told(lines.get(one.pk, ())),
            "href": (
                reverse("deal", args=[numbers[one.pledge.deal]])
                if one.pledge.deal in numbers
                else ""
            ),
        }
        for one in found
    ]


def _address(state: str, house: str) -> str:
    return "?" + urlencode({k: v for k, v in (("state", state), ("house", house)) if v})
