"""The days on which goods are wished, as they are typed: of a whole line, or of parts of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest

from heliu.commerce.ordering.parts import Part
from heliu.commerce.ordering.paste import LARGEST
from heliu.kernel.errors import Invalid
from heliu.portal.shell.pages import day_in, day_typed

ROWS = 2  # offered for a line; more come with what was typed

Typed = list[tuple[str, str]]


class Wished(NamedTuple):
    """The days of whole lines, and the parts of those that are split."""

    line_days: dict[UUID, date]
    line_parts: dict[UUID, list[Part]]


class Fields(NamedTuple):
    """A line with what stands in its fields, (quantity, day) each; `name` ends theirs."""

    name: str
    code: str
    quantity: int
    rows: Typed


def wished(request: HttpRequest, lines: Sequence[tuple[UUID, int]]) -> Wished:
    """What was typed for each line. A day without a quantity has what the others leave; what is
    left over has no day of its own. Raises `Invalid` for what is no day or no quantity, or too
    much."""
    found = Wished({}, {})
    for sku, quantity in lines:
        parts = parts_of(request, str(sku), quantity)
        if len(parts) > 1:
            found.line_parts[sku] = parts
        elif parts and parts[0].wanted_on:
            found.line_days[sku] = parts[0].wanted_on
    return found


def parts_of(request: HttpRequest, name: str, quantity: int) -> list[Part]:
    """What was typed for one line of so many pieces."""
    parts, left, rest = [], quantity, None
    for count, day in typed(request, name):
        on = day_in(day, f"day-{name}")
        if not count:
            rest = on
            continue
        if not count.isdecimal() or not 0 < int(count) <= LARGEST:
            raise Invalid("quantity-invalid", "A quantity is a whole number.", field=f"part-{name}")
        parts.append(Part(on, int(count)))
        left -= int(count)
    if left < 0:
        raise Invalid(
            "parts-exceed", "The parts are more than the line.", field=f"part-{name}",
            help="Change the parts, or order more.",
        )  # fmt: skip
    return [*parts, Part(rest, left)] if left else parts


def fields(
    request: HttpRequest,
    lines: Iterable[tuple[str, str, int]],
    kept: Mapping[str, Sequence[Part]],
) -> list[Fields]:
    """The fields of each line (name, code, quantity): with what was typed, else with what is kept
    of it."""
    found = []
    for name, code, quantity in lines:
        rows = typed(request, name) if is_sent(request, name) else told(kept.get(name, ()))
        found.append(Fields(name, code, quantity, [*rows, *_spare(len(rows))]))
    return found


def told(parts: Sequence[Part]) -> Typed:
    """Parts as they stand in fields; the last has what the others leave."""
    rows = [(str(part.quantity), day_typed(part.wanted_on)) for part in parts]
    return [*rows[:-1], ("", rows[-1][1])] if any(day for _, day in rows) else []


def is_sent(request: HttpRequest, name: str) -> bool:
    """Whether the form had fields for this line."""
    return f"day-{name}" in request.POST


def typed(request: HttpRequest, name: str) -> Typed:
    """The rows of a line in which something stands."""
    counts = [text.replace(",", "").strip() for text in request.POST.getlist(f"part-{name}")]
    days = [text.strip() for text in request.POST.getlist(f"day-{name}")]
    counts += [""] * (len(days) - len(counts))
    return [pair for pair in zip(counts, days, strict=False) if any(pair)]


def _spare(there: int) -> Typed:
    return [("", "")] * max(ROWS - there, 1)
