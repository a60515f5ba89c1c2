"""Until which wished day the open lines of an order are sent: what a seller chooses from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heliu.commerce.ordering.parts import Part, still_open
from heliu.portal.ui.parts import Chip
from heliu.trade.consignments import Load


class Day(NamedTuple):
    """What is wished until a day (None: as soon as can be): line id -> smallest units."""

    until: date | None
    pieces: Mapping[int, int]

    @property
    def text(self) -> str:
        """As an address names it."""
        return self.until.isoformat() if self.until else "now"


def by_day(lines: Sequence[Any], chosen: str) -> tuple[list[Day], Day | None]:
    """The days until which the open lines are wished, where there are several, and the one that was
    chosen; the first where lines are wished in parts and none was chosen."""
    parts = {line.pk: still_open(line) for line in lines}
    until = sorted({_day(part) for some in parts.values() for part in some})
    if len(until) < 2:
        return [], None
    days = [
        Day(
            None if day == date.min else day,
            {
                pk: sum(part.quantity for part in some if _day(part) <= day)
                for pk, some in parts.items()
            },
        )
        for day in until
    ]
    default = days[0] if any(line.parts for line in lines) else None
    return days, next((one for one in days if one.text == chosen), default)


def chips(number: str, days: Sequence[Day], on: Day | None, load: Load | None) -> list[Chip]:
    """The days to choose from, each with the pieces that are open until then."""
    sheet = reverse("deal_ship", args=[number])
    house = f"&house={load.house.code}" if load else ""
    return [
        Chip(
            date_format(day.until, "SHORT_DATE_FORMAT") if day.until else _("as soon as can be"),
            f"{sheet}?by={day.text}{house}",
            sum(day.pieces.values()),
            on=day is on,
        )
        for day in days
    ]


def _day(part: Part) -> date:
    return part.wanted_on or date.min
