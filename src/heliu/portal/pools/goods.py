"""Goods that are typed: how many of each, on the sheets of a pool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from heliu.kernel.errors import Invalid

MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One kind of goods on a sheet: how many there are, what a piece cost and is quoted at (fen;
    None where nobody quotes it), what was typed."""

    sku: Any
    name: str
    there: int
    unit_cost: int
    price: int | None
    typed: str


def row(
    sku: Any, there: int, unit_cost: int, price: int | None, sent: Mapping[str, str], prefix: str
) -> GoodsRow:
    """A row with what was typed for it."""
    name = f"{prefix}-{sku.pk.hex}"
    return GoodsRow(sku, name, there, unit_cost, price, sent.get(name, ""))


def typed(sent: Mapping[str, str], rows: Iterable[GoodsRow]) -> dict[UUID, int]:
    """What was typed, where it is something. Raises `Invalid` for what is no number."""
    found: dict[UUID, int] = {}
    for one in rows:
        plain = sent.get(one.name, "").strip().replace(",", "")
        if not plain:
            continue
        if not plain.isdecimal() or len(plain) > MOST_DIGITS:
            raise Invalid("number-unreadable", "This is not a whole number.", field=one.name)
        if int(plain):
            found[one.sku.pk] = int(plain)
    return found
