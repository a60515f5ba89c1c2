"""The lines of an order that comes in: goods by id or by the seller's code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from ninja import Field

from heliu.api.fields import MOST_LINES, Line, Plain, Quantity, Sent, Theirs
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering.parts import Part
from heliu.commerce.ordering.policies import CheckedLine, PastedLine, check_lines
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.money import require_in
from heliu.kernel.parties.queries import active_relationship, currency_of


class LineIn(Sent):
    """What is wanted: `sku` or `code`, one of the two. Lines of one SKU are added up; wished for
    several days they are the parts of one line."""

    sku: UUID | None = Field(None, description="Id of the SKU")
    code: Line = Field("", description="The seller's code, or the barcode")
    quantity: Quantity
    wanted_on: date | None = Field(
        None, description="The day on which this line is wished, where that is not the order's"
    )


class PartOut(Plain):
    """So many pieces of a line by a day."""

    wanted_on: date | None = Field(description="Null: as soon as can be")
    quantity: int


class OrderIn(Sent):
    """What is wanted, from whom and whereto."""

    seller: UUID
    lines: list[LineIn] = Field(min_length=1, max_length=MOST_LINES)
    warehouse: UUID | None = Field(
        None, description="Of a financed order: which supervised warehouse; by default the first"
    )
    currency: Theirs = None


@dataclass(frozen=True)
class Wanted:
    """Lines whose goods were found, and those whose code nobody knows.

    `places` are the places in the request, from 0, of the first line of each SKU in `found`, `days`
    those on which goods are wished apart from the rest, `parts` of those wished by several.
    """

    found: list[tuple[UUID, int]]
    places: list[int]
    unknown: list[tuple[int, LineIn]]
    days: dict[UUID, date] = field(default_factory=dict)
    parts: dict[UUID, list[Part]] = field(default_factory=dict)

    def place_of(self, row: int) -> int:
        """Where in the request a row of the story (from 1, a SKU wanted twice is one) stands."""
        return self.places[row - 1]

    def by_sku(self) -> dict[UUID, int]:
        """How much of each SKU."""
        wanted: dict[UUID, int] = {}
        for sku, quantity in self.found:
            wanted[sku] = wanted.get(sku, 0) + quantity
        return wanted


def by_id(lines: Sequence[LineIn]) -> Wanted | None:
    """Lines that all name their goods by id; None when one does not, or names nothing."""
    if any(line.sku is None or line.code.strip() for line in lines):
        return None
    return _wanted(lines, [line.sku for line in lines])


def in_request(refusal: Refused, wanted: Wanted) -> Refused:
    """The refusal with its field as whoever sent the lines counts them: from 0, not SKUs from 1."""
    name, _, row = refusal.field.partition(".")
    if name == "lines" and row.isdecimal():
        refusal.field = f"lines.{wanted.place_of(int(row))}"
    return refusal


def read_lines(actor: Actor, seller: UUID, lines: Sequence[LineIn]) -> Wanted:
    """Find the goods of the lines, in two statements however many there are."""
    for place, line in enumerate(lines):
        if (line.sku is None) == (not line.code.strip()):
            raise Invalid(
                "sku-or-code", "Name the goods by sku or by code.", field=f"lines.{place}"
            )
    by_code = catalogue.find(actor, [line.code for line in lines if line.sku is None], seller)
    return _wanted(
        lines,
        [line.sku or (by_code[line.code].pk if line.code in by_code else None) for line in lines],
    )


def _wanted(lines: Sequence[LineIn], skus: Sequence[UUID | None]) -> Wanted:
    found: list[tuple[UUID, int]] = []
    first: dict[UUID, int] = {}
    unknown = []
    for place, (line, sku) in enumerate(zip(lines, skus, strict=True)):
        if sku is None:
            unknown.append((place, line))
        else:
            found.append((sku, line.quantity))
            first.setdefault(sku, place)
    return Wanted(found, list(first.values()), unknown, *_wished(lines, skus))


def _wished(
    lines: Sequence[LineIn], skus: Sequence[UUID | None]
) -> tuple[dict[UUID, date], dict[UUID, list[Part]]]:
    """The days of goods that are wished on one day apart from the rest, and the parts of those that
    are wished on several."""
    if all(line.wanted_on is None for line in lines):
        return {}, {}
    wished: dict[UUID, list[Part]] = {}
    for line, sku in zip(lines, skus, strict=True):
        if sku is not None:
            wished.setdefault(sku, []).append(Part(line.wanted_on, line.quantity))
    several = {sku for sku, parts in wished.items() if len({part.wanted_on for part in parts}) > 1}
    days = {
        sku: day
        for sku, parts in wished.items()
        if sku not in several and (day := parts[0].wanted_on)
    }
    return days, {sku: wished[sku] for sku in several}


def require_theirs(buyer: UUID, seller: UUID, named: str | None) -> None:
    """Raises `OtherCurrency` where what is wanted is taken to cost what it does not."""
    require_in(currency_of(buyer=buyer, seller=seller), named or "", field="currency")


def refuse_unknown(actor: Actor, seller: UUID, wanted: Wanted) -> None:
    """An order names only goods that are there."""
    if wanted.unknown:
        place, line = wanted.unknown[0]
        raise Refused(
            "code-unknown",
            "%(goods)s: %(words)s.",
            field=f"lines.{place}.code",
            status=422,
            goods=line.code,
            words=judge_unknown(actor, seller, wanted)[0].words,
        )


def judge_unknown(actor: Actor, seller: UUID, wanted: Wanted) -> list[CheckedLine[Any]]:
    """What is wrong with lines of unknown codes, and which codes are alike.

    A seller one does not trade with is `NotFound`.
    """
    if not wanted.unknown:
        return []
    active_relationship(buyer=actor.own_org, seller=seller)
    rows = [PastedLine(place, line.code, line.quantity) for place, line in wanted.unknown]
    return check_lines(rows, {}, {}, {}, catalogue.codes(actor, seller))
