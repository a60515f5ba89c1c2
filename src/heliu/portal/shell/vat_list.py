"""VAT invoices as a list of either side: how it is sorted, and what its file holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from heliu.kernel.parties.queries import names
from heliu.portal.ui import formats
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell

USUAL = "-invoice"


def heads(other: str) -> tuple[Head, ...]:
    """The heads of the list; `other` is what the other side is called."""
    return (
        Head("invoice", gettext_lazy("Invoice"), by="asked_at", is_cheap=True),
        Head("kind", gettext_lazy("Kind")),
        Head("asked", gettext_lazy("Written on"), "day"),
        Head("order", gettext_lazy("Order")),
        Head("other", other),
        Head("net", gettext_lazy("Without tax"), "money", by="net", css="n"),
        Head("tax", pgettext_lazy("VAT", "Tax"), "money", by="tax", css="n"),
        Head("gross", gettext_lazy("With tax, CNY"), "money", by="gross", css="n"),
        Head("status", gettext_lazy("State"), by="status"),
    )


def file(listing: Listing, found: QuerySet[Any], other: Callable[[Any], Any]) -> HttpResponse:
    """The list as a file; `other` gives the other side of an invoice."""
    rows = list(listing.sorted(found)[: MOST + 1])
    known = names({other(one) for one in rows})

    def cells(one: Any) -> tuple[Cell, ...]:
        house = known.get(other(one))
        return (
            one.number,
            one.get_kind_display(),
            timezone.localdate(one.asked_at, formats.ORGANISATION_ZONE),
            one.order_number,
            house.display if house else "",
            one.net,
            one.tax,
            one.gross,
            one.get_status_display(),
        )

    return listing.taken_away(_("VAT invoices"), "vat-invoices", rows, cells)
