"""The pledge board over all warehouses: what secures which debt, the thinnest cover first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.bank.loans import numbers_of
from heliu.portal.shell.cover import state_of
from heliu.portal.shell.goods import goods_words
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.records import House
from heliu.portal.ui import parts
from heliu.portal.ui.formats import NOTHING, count_text, money_text, percent_text
from heliu.trade.cover import Cover, covers, total

ROWS = 50
FILTERS: Mapping[str, tuple[str, Callable[[Cover], bool]]] = {
    "": (N_("All"), lambda one: True),
    "short": (N_("Short"), lambda one: one.gap > 0),
    "free": (N_("To be fetched"), lambda one: one.row.ready > 0),
    "old": (N_("60 days and longer"), lambda one: one.is_long),
}
"""The words of a filter and what it leaves."""


@require_GET
@desk_page
def board(request: HttpRequest) -> HttpResponse:
    """Pledges in force for this bank, by gap and then by loan to value."""
    actor, at = actor_of(request), now(request)
    state, house = request.GET.get("state", ""), request.GET.get("house", "")
    everything = [
        one
        for one in covers(actor, at)
        if one.debt is not None and one.row.pledge.pledgee in actor.orgs
    ]
    houses = names(one.row.pledge.custodian for one in everything)
    codes = {org: known.code for org, known in houses.items()}
    here = [one for one in everything if not house or codes.get(one.row.pledge.custodian) == house]
    _words, fits_state = FILTERS.get(state, FILTERS[""])
    shown = [one for one in here if fits_state(one)]
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "figures": figures(here),
        "chips": [
            parts.Chip(_(words), _address(key, house), sum(map(fits, here)), key == state)
            for key, (words, fits) in FILTERS.items()
        ],
        "house_chips": _house_chips(everything, houses, state, house),
        "rows": _rows(actor, list(page), houses),
        "pager": parts.pager(page, _address(state, house)[1:]),
    }
    return show(request, "bank/pledge_board.html", context, here="bank_pledges")


def figures(found: list[Cover]) -> list[parts.Figure]:
    """The board in five figures."""
    sums = total(found)
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


def _house_chips(
    found: list[Cover], houses: Mapping[UUID, House], state: str, chosen: str
) -> list[parts.Chip]:
    """One chip per warehouse, when there are several."""
    counts = Counter(one.row.pledge.custodian for one in found)
    if len(counts) < 2:
        return []
    return [
        parts.Chip(
            houses[org].short,
            _address(state, "" if houses[org].code == chosen else houses[org].code),
            n,
            on=houses[org].code == chosen,
        )
        for org, n in counts.most_common()
        if org in houses
    ]


def _rows(actor: Actor, found: list[Cover], houses: Mapping[UUID, House]) -> list[dict[str, Any]]:
    numbers = numbers_of(actor, (one.row.pledge.deal for one in found))
    owners = names(one.row.pledge.pledgor for one in found)
    return [
        {
            "cover": one,
            "owner": owners.get(one.row.pledge.pledgor),
            "house": houses.get(one.row.pledge.custodian),
            "state": state_of(one),
            "goods": goods_words(one.row.lines, by_name=True),
            "href": (
                reverse("deal", args=[numbers[one.row.pledge.deal]])
                if one.row.pledge.deal in numbers
                else ""
            ),
        }
        for one in found
    ]


def _address(state: str, house: str) -> str:
    return "?" + urlencode({k: v for k, v in (("state", state), ("house", house)) if v})
