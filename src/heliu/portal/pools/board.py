"""The bank's pools: the thinnest cover first, and the calls that stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from heliu.capital.lending import queries as lending
from heliu.capital.valuation.policies import loan_to_value
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.pools import words
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import charts, parts
from heliu.portal.ui.formats import NOTHING, count_text, percent_text
from heliu.portal.ui.report_charts import Bar, bars
from heliu.trade import pools

ROWS = 50
MOST_BARS = 12
OPEN = Q(deal__outcome="OPEN")
CALLED = Q(level__in=("CALL", "LIQUIDATION"))


@require_GET
@desk_page
def board(request: HttpRequest) -> HttpResponse:
    """Every pool that secures something for this bank, by how thinly it covers."""
    actor, state = actor_of(request), request.GET.get("state", "")
    mine = pools.visible_to(actor).filter(lender__in=actor.orgs)
    filters = {
        "": (_("Running"), OPEN),
        "warned": (_("Warned"), OPEN & Q(level="WARNING")),
        "called": (_("Called"), OPEN & CALLED),
        "over": (_("Over"), ~OPEN),
    }
    counts = parts.tally(mine, {key: rule for key, (_words, rule) in filters.items()})
    shown = pools.thinnest_first(mine.filter(filters.get(state, filters[""])[1]))
    found = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    rows = rows_of(actor, list(found))
    context = {
        "figures": _figures(actor, mine.filter(OPEN)),
        "chart": _chart(rows),
        "chips": [
            parts.Chip(label, f"?state={key}" if key else "?", counts[key], key == state)
            for key, (label, _rule) in filters.items()
        ],
        "rows": rows,
        "pager": parts.pager(found, f"state={state}" if state else ""),
    }
    return show(request, "pools/board.html", context, here="bank_pools")


def rows_of(actor: Actor, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Pools as rows of a list, in four statements for any number."""
    ids = [one.deal_id for one in found]
    loans = {loan.deal: loan for loan in lending.visible_to(actor).filter(deal__in=ids)}
    calls = {
        call.pool_id: call
        for call in pools.calls_visible_to(actor).filter(
            pool__in=[one.pk for one in found], status__in=("OPEN", "LAPSED")
        )
    }
    houses = names(org for one in found for org in (one.buyer, one.lender))
    return [
        {
            "pool": one,
            "loan": loans[one.deal_id],
            "agreed": words.ratio_of(loans[one.deal_id]),
            "agreed_percent": words.ratio_of(loans[one.deal_id]) * 100,
            "call": calls.get(one.pk),
            "state": words.state_of(one, loans[one.deal_id], calls.get(one.pk)),
            "buyer": houses.get(one.buyer),
            "lender": houses.get(one.lender),
            "href": reverse("pool", args=[one.deal.number]),
        }
        for one in found
        if one.deal_id in loans
    ]


def _figures(actor: Actor, running: Any) -> list[parts.Figure]:
    sums = running.aggregate(
        owed=Sum("exposure", default=0),
        worth=Sum("value", default=0),
        floor=Sum("floor", default=0),
    )
    called = running.filter(CALLED).count()
    percent = loan_to_value(sums["owed"], sums["worth"])
    return [
        parts.Figure(
            _("Lent against stock"),
            minor=sums["owed"],
            note=ngettext("%(n)s pool", "%(n)s pools", n := running.count()) % {"n": count_text(n)},
        ),
        parts.Figure(_("Lendable value"), minor=sums["worth"]),
        parts.Figure(
            _("Owed of the value"), text=percent_text(percent) if percent is not None else NOTHING
        ),
        parts.Figure(
            _("Called"),
            text=count_text(called),
            unit=ngettext("pool", "pools", called),
            tone="bad" if called else "",
            href="?state=called",
        ),
    ]


def _chart(rows: Sequence[dict[str, Any]]) -> charts.Chart | None:
    """What is owed of each pool's value, its opening ratio as a line; the thinnest first."""
    drawn = [row for row in rows if row["pool"].percent is not None][:MOST_BARS]
    if not drawn:
        return None
    return bars(
        [
            Bar(
                row["buyer"].short if row["buyer"] else row["pool"].deal.number,
                int(row["pool"].percent * 10),
                percent_text(row["pool"].percent),
                most=int(row["agreed"] * 1000),
                paint={"WARNING": "due", "CALL": "bad", "LIQUIDATION": "bad"}.get(
                    row["pool"].level, "capital"
                ),
            )
            for row in drawn
        ],
        label=_(
            "What is owed of each pool's lendable value; the line is what it began at, at most."
        ),
        head=(_("Borrower"), _("Owed of the value")),
        rows=[
            (
                row["buyer"].short if row["buyer"] else row["pool"].deal.number,
                percent_text(row["pool"].percent),
            )
            for row in drawn
        ],
    )
