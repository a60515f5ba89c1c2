"""The pledge board over all warehouses: what secures which debt, the thinnest cover first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
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
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.pledges.policies import loan_to_value
from heliu.portal.bank.loans import lent, numbers_of
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.records import House
from heliu.portal.ui import parts
from heliu.portal.ui.formats import money_text, percent_text

ROWS = 50
OLD_DAYS = 60
STATES = {
    "": N_("All"),
    "short": N_("Short"),
    "free": N_("To be fetched"),
    "old": N_("Over 60 days"),
}


@dataclass(frozen=True, slots=True)
class Cover:
    """A pledge and the debt it secures, in minor units.

    ``limit`` is the most the programme lends on goods, per cent; ``gap`` what of the debt passes
    the share of the goods on which this loan was given.
    """

    row: Any
    loan: Any
    debt: int
    percent: Decimal | None
    limit: Decimal
    gap: int
    days: int

    @property
    def state(self) -> tuple[str, str]:
        """What the board says of it."""
        if self.gap > 0:
            return _("Short"), "bad"
        if self.row.ready:
            return _("To be fetched"), "due"
        return str(self.row.pledge.get_status_display()), str(self.row.pledge.tone)

    def is_in(self, state: str) -> bool:
        """Whether a filter of the board leaves it."""
        kept = {"short": self.gap > 0, "free": bool(self.row.ready), "old": self.days > OLD_DAYS}
        return kept.get(state, True)


@require_GET
@desk_page
def board(request: HttpRequest) -> HttpResponse:
    """Pledges in force, by gap and then by loan to value."""
    actor, at = actor_of(request), now(request)
    state, house = request.GET.get("state", ""), request.GET.get("house", "")
    everything = covers(actor, at)
    houses = names(one.row.pledge.custodian for one in everything)
    codes = {org: known.code for org, known in houses.items()}
    here = [one for one in everything if not house or codes.get(one.row.pledge.custodian) == house]
    shown = [one for one in here if one.is_in(state)]
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    context = {
        "figures": figures(here),
        "chips": [
            parts.Chip(
                _(words), _address(key, house), sum(one.is_in(key) for one in here), key == state
            )
            for key, words in STATES.items()
        ],
        "house_chips": _house_chips(everything, houses, state, house),
        "rows": _rows(actor, list(page), houses),
        "pager": parts.pager(page, _address(state, house)[1:]),
    }
    return show(request, "bank/pledge_board.html", context, here="bank_pledges")


def covers(actor: Actor, at: datetime) -> list[Cover]:
    """Every pledge in force for this bank with its debt, the largest gap first."""
    rows = [row for row in pledges.board(actor) if row.pledge.pledgee in actor.orgs]
    loans = {
        loan.deal: loan
        for loan in lent(actor)
        .filter(deal__in=[row.pledge.deal for row in rows])
        .select_related("programme")
    }
    found = [cover(row, loans[row.pledge.deal], at) for row in rows if row.pledge.deal in loans]
    return sorted(found, key=lambda one: (-one.gap, -(one.percent or Decimal(0))))


def cover(row: Any, loan: Any, at: datetime) -> Cover:
    """How the goods of one pledge cover its debt."""
    debt, agreed = loan.principal_left, 1 - loan.deposit_ratio
    since = row.pledge.activated_at or row.pledge.agreed_at
    return Cover(
        row=row,
        loan=loan,
        debt=debt,
        percent=loan_to_value(debt, row.value),
        limit=(100 - min(loan.programme.deposit_ratios) * 100).quantize(Decimal("0.1")),
        gap=debt - int(row.value * agreed),
        days=(day_of(at) - day_of(since)).days,
    )


def figures(found: list[Cover]) -> list[parts.Figure]:
    """The board in five figures."""
    value = sum(one.row.value for one in found)
    debt = sum(one.debt for one in found)
    short = [one for one in found if one.gap > 0]
    share = loan_to_value(debt, value)
    pieces = sum(one.row.quantity for one in found)
    waiting = [one for one in found if one.row.ready]
    return [
        parts.Figure(
            _("Goods in pledge"),
            minor=value,
            note=_("%(n)s pledges, %(pieces)s pieces")
            % {"n": f"{len(found):,}", "pieces": f"{pieces:,}"},
        ),
        parts.Figure(_("Debt they secure"), minor=debt),
        parts.Figure(_("Loan to value"), text=percent_text(share) if share is not None else "–"),
        parts.Figure(
            _("Short"),
            text=f"{len(short):,}",
            unit=ngettext("pledge", "pledges", len(short)),
            note=_("by %(amount)s") % {"amount": money_text(sum(one.gap for one in short))}
            if short
            else _("all within their share"),
            tone="bad" if short else "",
            href=_address("short", ""),
        ),
        parts.Figure(
            _("To be fetched"),
            text=f"{sum(one.row.ready for one in waiting):,}",
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
            "goods": _goods(one.row),
            "href": (
                reverse("deal", args=[numbers[one.row.pledge.deal]])
                if one.row.pledge.deal in numbers
                else ""
            ),
        }
        for one in found
    ]


def _goods(row: Any) -> str:
    """The first goods, and how many kinds there are."""
    names = list(dict.fromkeys(line.line.sku.display for line in row.lines))
    if len(names) < 2:
        return names[0] if names else ""
    return _("%(code)s and %(n)d more") % {"code": names[0], "n": len(names) - 1}


def _address(state: str, house: str) -> str:
    return "?" + urlencode({k: v for k, v in (("state", state), ("house", house)) if v})
