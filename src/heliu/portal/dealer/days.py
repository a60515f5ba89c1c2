"""The days on which goods are wished, as they are typed at the checkout: of a whole line, or of
parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from heliu.commerce.ordering.parts import Part
from heliu.commerce.ordering.paste import LARGEST
from heliu.kernel.errors import Invalid
from heliu.portal.shell.pages import day_in

ROWS = 2  # offered for a line; more come with what was typed


class Wished(NamedTuple):
    """The days of whole lines, and the parts of those that are split."""

    line_days: dict[UUID, date]
    line_parts: dict[UUID, list[Part]]


def wished(request: HttpRequest, lines: Sequence[tuple[UUID, int]]) -> Wished:
    """What was typed for each line. A day without a quantity has what the others leave; what is
    left over has no day of its own. Raises `Invalid` for what is no day or no quantity, or too
    much."""
    found = Wished({}, {})
    for sku, quantity in lines:
        parts = _parts(request, sku, quantity)
        if len(parts) > 1:
            found.line_parts[sku] = parts
        elif parts and parts[0].wanted_on:
            found.line_days[sku] = parts[0].wanted_on
    return found


def fields(request: HttpRequest, lines: Sequence[Any]) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Each line with what stands in its fields: (quantity, day)."""
    return [
        (line, [*(typed := _typed(request, line.sku.pk)), *[("", "")] * max(ROWS - len(typed), 1)])
        for line in lines
        if line.sku
    ]


def _parts(request: HttpRequest, sku: UUID, quantity: int) -> list[Part]:
    parts, left, rest = [], quantity, None
    for count, day in _typed(request, sku):
        on = day_in(day, f"day-{sku}")
        if not count:
            rest = on
            continue
        if not count.isdecimal() or not 0 < int(count) <= LARGEST:
            raise Invalid("quantity-invalid", "A quantity is a whole number.", field=f"part-{sku}")
        parts.append(Part(on, int(count)))
        left -= int(count)
    if left < 0:
        raise Invalid(
            "parts-exceed", "The parts are more than the line.", field=f"part-{sku}",
            help="Change the parts, or order more.",
        )  # fmt: skip
    return [*parts, Part(rest, left)] if left else parts


def _typed(request: HttpRequest, sku: UUID) -> list[tuple[str, str]]:
    """The rows of a line in which something stands."""
    counts = [text.replace(",", "").strip() for text in request.POST.getlist(f"part-{sku}")]
    days = [text.strip() for text in request.POST.getlist(f"day-{sku}")]
    counts += [""] * (len(days) - len(counts))
    return [pair for pair in zip(counts, days, strict=False) if any(pair)]
