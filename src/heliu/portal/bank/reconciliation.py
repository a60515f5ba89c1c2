"""Day by account: what the bank's statements say beside what our payments say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.bank import queries as payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui import parts

DAYS = 10
MOST_ACCOUNTS = 50
MOST_IN_SUSPENSE = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """One account's day: entries that match and differ, and whether the closing balance is ours."""

    href: str
    matched: int
    differing: int
    is_tied: bool
    is_chosen: bool

    @property
    def is_good(self) -> bool:
        """Whether nobody has to look."""
        return self.is_tied and not self.differing


@require_GET
@desk_page
def grid(request: HttpRequest) -> HttpResponse:
    """The last days of every account that was compared; accounts that differ stand first."""
    actor, today = actor_of(request), day_of(now(request))
    last = _day(request.GET.get("until", "")) or today
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    chosen = _chosen(actor, request.GET.get("statement", ""))
    found = list(
        payments.statements(actor)
        .filter(day__gte=days[0], day__lte=last)
        .select_related("account")
        .annotate(
            matched=Count("lines", filter=Q(lines__verdict="MATCHED")),
            differing=Count("lines", filter=~Q(lines__verdict="MATCHED")),
        )
    )
    rows = _rows(found, days, chosen, last)
    context = {
        "days": days,
        "rows": rows[:MOST_ACCOUNTS],
        "left_out": max(0, len(rows) - MOST_ACCOUNTS),
        "figures": _figures(found),
        "suspense": _suspense(actor, today),
        "statement": chosen,
        "lines": _lines(actor, chosen) if chosen else [],
        "earlier": "?" + urlencode({"until": (days[0] - timedelta(days=1)).isoformat()}),
        "later": (
            "?" + urlencode({"until": min(today, last + timedelta(days=DAYS)).isoformat()})
            if last < today
            else ""
        ),
    }
    return show(request, "bank/reconciliation.html", context, here="bank_reconciliation")


def _rows(found: list[Any], days: list[date], chosen: Any, last: date) -> list[dict[str, Any]]:
    """One row per account, a cell or None per day."""
    holders = names(one.org for one in found)
    by_account: dict[UUID, dict[date, Any]] = {}
    for one in found:
        by_account.setdefault(one.account_id, {})[one.day] = one
    rows = []
    for statements in by_account.values():
        account = next(iter(statements.values())).account
        cells = [_cell(statements.get(day), chosen, last) for day in days]
        rows.append(
            {
                "account": account,
                "holder": holders.get(account.org),
                "cells": cells,
                "differs": any(cell is not None and not cell.is_good for cell in cells),
                "matched": sum(cell.matched for cell in cells if cell is not None),
            }
        )
    return sorted(
        rows, key=lambda row: (not row["differs"], -row["matched"], row["account"].number)
    )


def _cell(statement: Any, chosen: Any, last: date) -> Cell | None:
    if statement is None:
        return None
    address = urlencode({"until": last.isoformat(), "statement": statement.pk})
    return Cell(
        href=f"?{address}#lines",
        matched=statement.matched,
        differing=statement.differing,
        is_tied=statement.is_tied,
        is_chosen=chosen is not None and chosen.pk == statement.pk,
    )


def _figures(found: list[Any]) -> list[parts.Figure]:
    differing = sum(one.differing for one in found)
    untied = sum(not one.is_tied for one in found)
    return [
        parts.Figure(_("Statements compared"), text=f"{len(found):,}"),
        parts.Figure(_("Entries that match"), text=f"{sum(one.matched for one in found):,}"),
        parts.Figure(
            _("Entries that differ"), text=f"{differing:,}", tone="bad" if differing else ""
        ),
        parts.Figure(
            _("Closing balances that differ"), text=f"{untied:,}", tone="bad" if untied else ""
        ),
    ]


def _suspense(actor: Actor, today: date) -> list[dict[str, Any]]:
    """What is on one side only or differs, of any day, the longest first."""
    lines = payments.differences(actor).select_related("statement__account")
    oldest = lines.order_by("statement__day", "statement_id", "position")[:MOST_IN_SUSPENSE]
    return [{"line": line, "age": (today - line.statement.day).days} for line in oldest]


def _chosen(actor: Actor, text: str) -> Any:
    if not text.isdecimal():
        return None
    return payments.statements(actor).filter(pk=int(text)).select_related("account").first()


def _lines(actor: Actor, statement: Any) -> list[dict[str, Any]]:
    """Both sides of every row, those that differ first."""
    lines = sorted(statement.lines.all(), key=lambda x: (x.verdict == "MATCHED", x.position))
    known = {
        one.pk: one
        for one in payments.visible_to(actor).filter(
            pk__in=[line.instruction for line in lines if line.instruction]
        )
    }
    return [{"line": line, "payment": known.get(line.instruction)} for line in lines]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
