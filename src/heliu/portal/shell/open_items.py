"""What is owed on terms, as both sides read it: the ages, the open invoices, what was paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from heliu.capital.terms import queries
from heliu.capital.terms.policies import BUCKETS
from heliu.kernel.access.actor import Actor
from heliu.portal.ui import charts, parts
from heliu.portal.ui.formats import day_text, listed, money_short
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell
from heliu.trade import deals

ROWS = 50
HEADS = (
    Head("invoice", pgettext_lazy("on terms", "Invoice"), by="number"),
    Head("order", gettext_lazy("Order")),
    Head("issued", gettext_lazy("Written on"), "day"),
    Head("due", gettext_lazy("Due"), "day", by="due_on"),
    Head("late", gettext_lazy("Days late"), "count", css="n"),
    Head("amount", gettext_lazy("Amount, CNY"), "money"),
    Head("open", gettext_lazy("Open, CNY"), "money", by="open_now", css="n"),
    Head("disputed", gettext_lazy("Disputed, CNY"), "money"),
    Head("interest", gettext_lazy("Interest so far"), "money", css="n"),
    Head("status", gettext_lazy("State")),
)
SIDE = 400  # the width of a chart beside the list


@dataclass(frozen=True, slots=True)
class Item:
    """An open invoice: how late it is, and what it costs so far to pay it late."""

    invoice: Any
    deal: str
    days: int
    interest: int

    @property
    def is_late(self) -> bool:
        """Whether its due day has gone by."""
        return self.days > 0


def items(actor: Actor, found: Sequence[Any], today: date) -> list[Item]:
    """The invoices with what is said beside them, in three statements for any number."""
    mine = deals.visible_to(actor).filter(pk__in=[one.deal for one in found])
    numbers = dict(mine.values_list("pk", "number"))
    interest = queries.interest_so_far(found, today)
    return [
        Item(
            one,
            numbers.get(one.deal, ""),
            0 if one.settled_on else max(0, (today - one.due_on).days),
            interest.get(one.id, 0),
        )
        for one in found
    ]


def listing_of(request: HttpRequest) -> Listing:
    """How the reader wants the open invoices: the earliest due first where nothing is asked."""
    return Listing(request.GET, HEADS, "due")


def file(listing: Listing, actor: Actor, found: QuerySet[Any], today: date) -> HttpResponse:
    """The open invoices as a file."""

    def cells(item: Item) -> tuple[Cell, ...]:
        one = item.invoice
        return (
            one.number, one.order_number, one.issued_on, one.due_on, item.days, one.amount,
            one.left, one.disputed, item.interest, one.get_status_display(),
        )  # fmt: skip

    rows = items(actor, list(listing.sorted(found)[: MOST + 1]), today)
    return listing.taken_away(_("Open invoices"), "open-invoices", rows, cells)


def ages(aged: Sequence[int], *, width: int = 790) -> charts.Chart:
    """What is open by how late it is: a column each; in a side column it is drawn narrower."""
    names = [_("not due"), *(bucket_words(least, most) for least, most in BUCKETS)]
    columns = [
        charts.Due(
            name,
            minor / 100,
            _short(minor) if minor else "",
            "bad" if place > 1 else "due" if place else "capital",
        )
        for place, (name, minor) in enumerate(zip(names, aged, strict=True))
    ]
    most = max(columns, key=lambda column: column.value)
    return charts.dues(
        columns,
        label=_("Most is %(age)s: %(amount)s") % {"age": most.name, "amount": most.text},
        head=(_("Days late"), _("Open, CNY")),
        short=lambda value: _short(round(value * 100)),
        width=width,
    )


def bucket_words(least: int, most: int | None) -> str:
    """An age as columns and charts head it."""
    return f"{least}–{most}" if most else f"{least}+"


def late_note(standing: queries.Standing, today: date) -> str:
    """How late the oldest is, in words."""
    if not standing.late:
        return _("nothing is overdue")
    days = standing.days_late(today)
    return ngettext("for %(n)d day", "for up to %(n)d days", days) % {"n": days}


def rule_words(terms: Any) -> str:
    """Terms in one line: when it is due, what paying early saves, what paying late costs."""
    said = [_due_words(terms)]
    if terms.discount:
        said.append(
            _("%(rate)s %% off within %(days)s days")
            % {"rate": f"{terms.discount.normalize():f}", "days": terms.discount_days}
        )
    if terms.late_rate:
        said.append(
            _("%(rate)s %% a year when late") % {"rate": f"{terms.late_rate.normalize():f}"}
        )
    return " · ".join(said)


def _due_words(terms: Any) -> str:
    if terms.part_days:
        each = zip(terms.part_shares, terms.part_days, strict=True)
        said = listed(
            _("%(percent)s %% after %(days)s days") % {"percent": percent, "days": days}
            for percent, days in each
        )
        is_net = terms.rule == "NET"
        whence = _("from shipment: %(parts)s") if is_net else _("from the month's end: %(parts)s")
        return whence % {"parts": said}
    match terms.rule:
        case "NET":
            words = ngettext(
                "due %(n)d day after shipment", "due %(n)d days after shipment", terms.days
            )
        case "MONTH_END":
            words = ngettext(
                "due %(n)d day after the month's end",
                "due %(n)d days after the month's end",
                terms.days,
            )
        case _:
            words = _("due on day %(n)d of the next month")
    return words % {"n": terms.days}


def figures(standing: queries.Standing, room: int | None, today: date) -> list[parts.Figure]:
    """Owed, late, too much paid, and what may still be ordered."""
    found = [
        parts.Figure(
            _("Owed"),
            minor=standing.owed,
            note=ngettext("%(n)d open invoice", "%(n)d open invoices", standing.invoices)
            % {"n": standing.invoices},
        ),
        parts.Figure(
            _("Overdue"),
            minor=standing.late,
            tone="bad" if standing.late else "",
            note=late_note(standing, today),
        ),
    ]
    if standing.credit:
        found.append(
            parts.Figure(
                _("Paid too much"), minor=standing.credit, note=_("settles what comes next")
            )
        )
    if room is not None:
        found.append(parts.Figure(_("Credit left"), minor=room, note=_("for orders on terms")))
    return found


def payments(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Payments as they stand in a list."""
    return [{"payment": one, "is_back": one.taken_back_at is not None} for one in found]


def statement_address(side: str, other: Any) -> str:
    """Where the statement of account of a pair is printed."""
    return reverse(f"{side}_account_statement", args=[other])


def due_text(day: date, today: date) -> str:
    """A due day as it is said in a sentence."""
    return day_text(day, today, get_language() or "en")


def _short(minor: int) -> str:
    return " ".join(money_short(minor, get_language() or "en")).strip()
