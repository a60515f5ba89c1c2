"""Lots: every row of goods in the house, whose it is, where it lies, who has a claim on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties import queries as parties
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui import parts
from heliu.portal.warehouse.houses import bin_codes, claim_on, kept_rows, waiting_rows

ROWS = 50


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """First in first, by claim; found by lot, bin, code or owner."""
    actor, tab = actor_of(request), request.GET.get("tab", "all")
    text = request.GET.get("q", "").strip()
    codes = bin_codes(actor)
    waiting = waiting_rows(actor)
    kept = _matching(actor, kept_rows(actor), text, codes)
    groups = {
        "all": (_("All"), Q()),
        "pledged": (_("Pledged"), ~Q(pledge=None)),
        "released": (_("To be fetched"), Q(pk__in=waiting, pledge=None)),
        "free": (_("Free"), Q(pledge=None, quality="GOOD") & ~Q(pk__in=waiting)),
        "damaged": (_("In quarantine"), Q(quality="DAMAGED")),
    }
    shown = kept.filter(groups.get(tab, groups["all"])[1])
    counts = parts.tally(kept, {key: rule for key, (_words, rule) in groups.items()})
    page = parts.Leaves(shown, ROWS).get_page(request.GET.get("page"))
    query = {name: value for name, value in (("tab", tab), ("q", text)) if value}
    context = {
        "tabs": [
            parts.Chip(
                words,
                "?" + urlencode({**query, "tab": key}),
                counts[key],
                on=key == tab,
            )
            for key, (words, _rule) in groups.items()
        ],
        "tab_on": tab,
        "text": text,
        "rows": _rows(actor, list(page), codes, waiting),
        "pager": parts.pager(page, urlencode(query)),
    }
    return show(request, "warehouse/stock.html", context, here="warehouse_stock")


def _matching(actor: Actor, kept: Any, text: str, codes: dict[UUID, str]) -> Any:
    """Those rows whose lot, goods, bin or owner are called like the text."""
    if not text:
        return kept
    bins = [pk for pk, code in codes.items() if code.upper().startswith(text.upper())]
    owners = parties.visible_to(actor).filter(
        Q(name__icontains=text) | Q(name_zh__icontains=text) | Q(code__iexact=text)
    )
    return kept.filter(
        Q(lot__icontains=text)
        | Q(sku__code__istartswith=text)
        | Q(bin__in=bins)
        | Q(owner__in=owners.values("pk"))
    )


def _rows(
    actor: Actor, rows: list[Any], codes: dict[UUID, str], waiting: set[UUID]
) -> list[dict[str, Any]]:
    houses = names(org for row in rows for org in (row.owner, row.pledgee))
    numbers = dict(
        pledges.visible_to(actor)
        .filter(pk__in=[row.pledge for row in rows if row.pledge])
        .values_list("pk", "number")
    )
    return [
        {
            "row": row,
            "bin": codes.get(row.bin, "–") if row.bin else "–",
            "owner": houses.get(row.owner),
            "pledgee": houses.get(row.pledgee) if row.pledgee else None,
            "pledge": numbers.get(row.pledge, ""),
            "state": claim_on(row, waiting),
        }
        for row in rows
    ]
