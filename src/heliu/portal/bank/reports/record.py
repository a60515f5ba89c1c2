"""What a report is made of, whichever it is, so that one template and one export serve all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from heliu.kernel.access.actor import Actor
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import money_short
from heliu.portal.ui.parts import Chip, Figure
from heliu.portal.ui.sheets import Sheet

MOST_BARS = 12
Houses = dict[UUID, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart under its title, with how to read it."""

    title: str
    remark: str
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose report it is, for the end of which day, seen at which moment; `past` is a choice of
    the report of vintages: more than how many days late."""

    actor: Actor
    on: date
    at: datetime
    past: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its figures, its charts, and its tables, of which the first is the CSV."""

    title: str
    question: str
    figures: Sequence[Figure]
    charts: Sequence[Drawn]
    sheets: Sequence[Sheet]
    chips: Sequence[Chip] = ()


Build = Callable[[Asked], Report]


def short(minor: int) -> str:
    """A rounded amount with its unit, as charts write it."""
    figure, unit = money_short(minor, get_language() or "en")
    return f"{figure} {unit}".strip()


def called(houses: Houses, party: UUID) -> str:
    """A party's short name, or nothing when it is not known."""
    return houses[party].short if party in houses else ""
