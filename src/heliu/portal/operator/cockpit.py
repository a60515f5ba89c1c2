"""The cockpit: whether the four flows agree, the day on one clock, and what needs a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import ZONE, day_of
from heliu.portal.operator.lanes import SLOTS, Lane, lanes_chart
from heliu.portal.operator.words import KINDS, PHASES, exception_row
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.charts import Chart, range_bar
from heliu.portal.ui.formats import (
    MINUS,
    count_text,
    duration_text,
    listed,
    moment_text,
    percent_text,
)
from heliu.portal.ui.parts import Figure
from heliu.portal.ui.spreads import Spread, short, spread_chart
from heliu.portal.ui.svg import FLOWS
from heliu.trade import oversight

MOST_WAITING = 6
MEASURED = timedelta(days=30)
SHORTEST = 0.001  # seconds; where the log scale of the steps begins


@require_GET
@desk_page
def cockpit(request: HttpRequest) -> HttpResponse:
    """What an operator opens in the morning and leaves open."""
    actor, at = actor_of(request), now(request)
    waiting = oversight.waiting(actor, at)
    urgent = sorted(waiting, key=lambda one: (KINDS[one.kind][1] != "bad", one.since))
    names = oversight.names(actor, (one.org for one in urgent[:MOST_WAITING]))
    counts = oversight.counts(actor, day_of(at))
    context = {
        "at": at,
        **agreement(actor),
        "figures": figures(counts, waiting),
        "lanes": day_chart(actor, at),
        "waiting": [exception_row(one, names, at) for one in urgent[:MOST_WAITING]],
        "waiting_total": len(waiting),
        "spans": spans(actor, at),
        "money": seconds_chart(actor, at),
    }
    return show(request, "operator/cockpit.html", context, here="operator_cockpit")


def agreement(actor: Actor) -> dict[str, Any]:
    """Whether the newest run of the ledger checks found anything, and when it was."""
    runs = oversight.checked(actor)
    if not runs:
        return {"run": None, "differences": 0}
    return {"run": runs[0], "differences": sum(runs[0].payload["counts"].values())}


def figures(counts: dict[str, int], waiting: list[Any]) -> list[Figure]:
    """The day and what is in force, in six figures."""
    orders, financed = counts.get("orders", 0), counts.get("financed", 0)
    referred, running = counts.get("referred", 0), counts.get("running", 0)
    overdue, supervised = counts.get("overdue", 0), counts.get("supervised", 0)
    return [
        Figure(_("Orders today"), text=count_text(orders)),
        Figure(
            _("Financed today"),
            text=count_text(financed),
            note=_("%(share)s of orders") % {"share": _share(financed, orders)},
        ),
        Figure(
            _("Straight through"),
            text=_share(financed - referred, financed),
            note=_("%(n)s seen by a person") % {"n": count_text(referred)},
        ),
        Figure(
            _("Deals under way"),
            text=count_text(counts.get("open_deals", 0)),
            note=ngettext("%(n)s with supervised money", "%(n)s with supervised money", supervised)
            % {"n": count_text(supervised)},
        ),
        Figure(_("Pledges in force"), text=count_text(counts.get("pledges", 0))),
        Figure(
            _("Overdue"),
            text=_share(overdue, running, 2),
            note=ngettext("%(n)s of %(all)s loan", "%(n)s of %(all)s loans", running)
            % {"n": count_text(overdue), "all": count_text(running)},
            tone="bad" if overdue else "",
            href=f"{reverse('operator_exceptions')}?kind=OVERDUE" if overdue else "",
        ),
    ]


def day_chart(actor: Actor, at: datetime) -> Chart:
    """Facts of each flow, half hour by half hour, against the mean of the days before."""
    slots = {(one.flow, one.slot): one for one in oversight.flows(actor, day_of(at))}
    upto = half_hours(at)
    names = {
        "commerce": _("Commerce"),
        "capital": _("Capital"),
        "logistics": _("Logistics"),
        "information": _("Information"),
    }
    lanes = []
    for flow in FLOWS:
        found = [slots.get((flow, slot)) for slot in range(SLOTS)]
        today = tuple(one.now if one else 0 for one in found)
        usual = tuple(one.usual if one else 0.0 for one in found)
        drawn = upto + bool(today[upto])
        lanes.append(
            Lane(
                flow=flow,
                name=names[flow],
                now=today,
                usual=usual,
                upto=drawn,
                total=_facts(sum(today)),
                against=_against(sum(today[:drawn]), sum(usual[:drawn])),
            )
        )
    label = _("Facts of today up to %(clock)s: %(words)s") % {
        "clock": moment_text(at, None, get_language() or "en", "clock"),
        "words": listed(f"{lane.name} {lane.total}" for lane in lanes),
    }
    return lanes_chart(lanes, label=label, head=(_("Hour"), *(names[flow] for flow in FLOWS)))


def half_hours(at: datetime) -> int:
    """How many half hours of the day are over; the running one would always look like a fall."""
    local = at.astimezone(ZONE)
    return local.hour * 2 + local.minute // 30


def spans(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """How long each phase takes: the middle and the slow tenth of the last month."""
    found = oversight.spans(actor, at - MEASURED)
    ends = [
        max(SHORTEST, value)
        for phase in PHASES
        if phase in found
        for value in (found[phase].p50, found[phase].p90)
    ]
    return [
        {
            "label": _(PHASES[phase]),
            "n": found[phase].n,
            "p50": duration_text(timedelta(seconds=found[phase].p50)),
            "p90": duration_text(timedelta(seconds=found[phase].p90)),
            "bar": SafeString(
                range_bar(
                    max(SHORTEST, found[phase].p50),
                    max(SHORTEST, found[phase].p90),
                    min(ends),
                    max(ends),
                )
            ),
        }
        for phase in PHASES
        if phase in found
    ]


def seconds_chart(actor: Actor, at: datetime) -> Chart | None:
    """Seconds from signing to the seller being paid."""
    spread = Spread.of(oversight.seconds_to_money(actor, at - MEASURED))
    if not spread.values:
        return None
    label = _("Half of all sellers were paid within %(n)s s.") % {"n": short(spread.at(50))}
    return spread_chart(spread, label=label, head=(_("Seconds"), _("Loans")), unit=_(" s"))


def _facts(number: int) -> str:
    return ngettext("%(n)s fact", "%(n)s facts", number) % {"n": count_text(number)}


def _against(today: int, usual: float) -> str:
    """How far today is from a usual day by this hour; '' when there is no usual day."""
    if usual < 1:
        return ""
    percent = round((today / usual - 1) * 100)
    sign = "+" if percent > 0 else MINUS if percent < 0 else ""
    return _("%(percent)s to usual") % {"percent": f"{sign}{abs(percent)}%"}


def _share(part: int, whole: int, places: int = 1) -> str:
    return percent_text(Decimal(part) * 100 / whole, places) if whole else "–"
