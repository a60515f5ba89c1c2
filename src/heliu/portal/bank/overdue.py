"""Loans past their due day, by how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.bank.loans import late, lent, numbers_of, owed_on
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui import parts

ROWS = 50
LEFT = F("principal") - F("principal_repaid")
AGES: dict[str, tuple[int, int | None]] = {
    "1-7": (1, 7),
    "8-30": (8, 30),
    "31-90": (31, 90),
    "90+": (91, None),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What is owed today on each late loan, beside the goods that secure it."""
    actor, today = actor_of(request), day_of(now(request))
    age = request.GET.get("age", "")
    everything = late(actor, today)
    ages = {key: aged(key, today) for key in AGES}
    found = everything.filter(ages[age]) if age in AGES else everything
    sums = _sums(everything, ages)
    page = parts.Leaves(found.prefetch_related("repayments"), ROWS).get_page(
        request.GET.get("page")
    )
    context = {
        "figures": figures(actor, sums),
        "rows": _rows(actor, list(page), today),
        "pager": parts.pager(page, urlencode({"age": age}) if age else ""),
        "chips": [
            parts.Chip(_("All"), "?", sums[""][1], on=age not in AGES),
            *(
                parts.Chip(
                    words_of(key),
                    "?" + urlencode({"age": key}),
                    sums[key][1],
                    on=key == age,
                )
                for key in AGES
            ),
        ],
        "soon": coming(actor, today),
    }
    return show(request, "bank/overdue.html", context, here="bank_overdue")


def aged(age: str, today: date) -> Q:
    """That the due day lies so many days back."""
    least, most = AGES[age]
    rule = Q(due_on__lte=today - timedelta(days=least))
    return rule & Q(due_on__gte=today - timedelta(days=most)) if most else rule


def _sums(loans: QuerySet[Any], ages: Mapping[str, Q]) -> dict[str, tuple[int, int]]:
    """(principal, how many) of each age and, as "", of all, in one statement."""
    asked: dict[str, Aggregate] = {}
    for place, rule in enumerate(ages.values()):
        asked |= {f"sum{place}": Sum(LEFT, filter=rule), f"n{place}": Count("pk", filter=rule)}
    found = loans.order_by().aggregate(sum=Sum(LEFT), n=Count("pk"), **asked)
    of_ages = {
        age: (found[f"sum{place}"] or 0, found[f"n{place}"]) for place, age in enumerate(ages)
    }
    return {"": (found["sum"] or 0, found["n"]), **of_ages}


def words_of(age: str) -> str:
    """An age in words: 1 to 7 days."""
    least, most = AGES[age]
    if most is None:
        return _("over %(n)d days") % {"n": least - 1}
    return _("%(a)d to %(b)d days") % {"a": least, "b": most}


def figures(actor: Actor, sums: Mapping[str, tuple[int, int]]) -> list[parts.Figure]:
    """Principal by age; the share of all running principal that is late stands in front."""
    running = lent(actor).filter(status__in=RUNNING).aggregate(sum=Sum(LEFT))["sum"] or 0
    strip = []
    for key in AGES:
        minor, number = sums[key]
        strip.append(
            parts.Figure(
                words_of(key).capitalize(),
                minor=minor,
                note=ngettext("%(n)d loan", "%(n)d loans", number) % {"n": number},
                href="?" + urlencode({"age": key}),
                tone="bad" if minor else "",
            )
        )
    return [parts.Figure(_("Running principal"), minor=running), *strip]


def coming(actor: Actor, today: date) -> list[dict[str, Any]]:
    """What falls due within a week, day by day."""
    soon = (
        lent(actor)
        .filter(status__in=RUNNING, due_on__gte=today, due_on__lte=today + timedelta(days=7))
        .values("due_on")
        .annotate(sum=Sum(LEFT))
        .order_by("due_on")
    )
    return list(soon)


def _rows(actor: Actor, loans: list[Any], today: date) -> list[dict[str, Any]]:
    ids = [loan.deal for loan in loans]
    numbers, bound = numbers_of(actor, ids), pledges.of_deals(actor, ids)
    houses = names(loan.borrower for loan in loans)
    rows = []
    for loan in loans:
        days = (today - loan.due_on).days
        pledge = bound.get(loan.deal)
        rows.append(
            {
                "loan": loan,
                "house": houses.get(loan.borrower),
                "days": days,
                "is_in_grace": days <= loan.grace_days,
                "owed": owed_on(loan, today),
                "pledged": pledge.bound_value if pledge else 0,
                "href": reverse("deal", args=[numbers[loan.deal]]) if loan.deal in numbers else "",
            }
        )
    return rows
