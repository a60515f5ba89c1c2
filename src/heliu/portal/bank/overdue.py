"""Loans past their due day, by how long."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.bank.loans import RUNNING, late, lent, numbers_of, owed_on
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui import parts

ROWS = 50
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
    found = aged(everything, age, today) if age in AGES else everything
    page = parts.Leaves(found.prefetch_related("repayments"), ROWS).get_page(
        request.GET.get("page")
    )
    context = {
        "figures": figures(actor, everything, today),
        "rows": _rows(actor, list(page), today),
        "pager": parts.pager(page, urlencode({"age": age}) if age else ""),
        "chips": [
            parts.Chip(_("All"), "?", everything.count(), on=age not in AGES),
            *(
                parts.Chip(
                    words_of(key),
                    "?" + urlencode({"age": key}),
                    aged(everything, key, today).count(),
                    on=key == age,
                )
                for key in AGES
            ),
        ],
        "soon": coming(actor, today),
    }
    return show(request, "bank/overdue.html", context, here="bank_overdue")


def aged(loans: QuerySet[Any], age: str, today: date) -> QuerySet[Any]:
    """The loans whose due day lies so many days back."""
    least, most = AGES[age]
    found = loans.filter(due_on__lte=today - timedelta(days=least))
    return found.filter(due_on__gte=today - timedelta(days=most)) if most else found


def words_of(age: str) -> str:
    """An age in words: 1 to 7 days."""
    least, most = AGES[age]
    if most is None:
        return _("over %(n)d days") % {"n": least - 1}
    return _("%(a)d to %(b)d days") % {"a": least, "b": most}


def figures(actor: Actor, everything: QuerySet[Any], today: date) -> list[parts.Figure]:
    """Principal by age; the share of all running principal that is late stands in front."""
    left = Sum(F("principal") - F("principal_repaid"))
    running = lent(actor).filter(status__in=RUNNING).aggregate(sum=left)["sum"] or 0
    strip = []
    for key in AGES:
        found = aged(everything, key, today)
        minor, number = found.aggregate(sum=left)["sum"] or 0, found.count()
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
        .annotate(sum=Sum(F("principal") - F("principal_repaid")))
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
