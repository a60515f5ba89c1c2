"""What an order says at one moment, as a change keeps it before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.ordering.parts import Part, kept, read


class VersionLine(NamedTuple):
    """A line: how much (smallest units) at what price each (minor units), and a day of its own
    or parts by day."""

    sku: UUID
    code: str
    name: str
    name_zh: str
    quantity: int
    unit_price: int
    wanted_on: date | None = None
    parts: tuple[Part, ...] = ()

    @property
    def amount(self) -> int:
        """What it comes to, in minor units."""
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Version:
    """What an order says: its words and its lines, in their order; `ship_to` is where it goes, as
    an order keeps it. `earned` is what it earns by promotions as a whole, as the story that reckons
    it tells it (`trade/change_rewards.py`); goods of an order that does may stand in several lines.
    """

    wanted_on: date | None
    remark: str
    external_id: str
    lines: tuple[VersionLine, ...]
    ship_to: Mapping[str, str] | None = None
    earned: Mapping[str, Any] | None = field(default=None, compare=False)

    @classmethod
    def of(cls, order: Order, lines: Sequence[OrderLine]) -> Version:
        """As the order stands now; `lines` come with their goods."""
        return cls(
            order.wanted_on,
            order.remark,
            order.external_id,
            tuple(
                VersionLine(
                    line.sku_id, line.sku.code, line.sku.name, line.sku.name_zh, line.quantity,
                    line.unit_price, line.wanted_on, read(line.parts),
                )
                for line in lines
            ),
            order.ship_to,
        )  # fmt: skip

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Version:
        """As a change keeps it."""
        lines = (
            VersionLine(
                UUID(one["sku"]), one["code"], one["name"], one["name_zh"], one["quantity"],
                one["unit_price"], _day(one["wanted_on"]), read(one.get("parts")),
            )
            for one in kept["lines"]
        )  # fmt: skip
        return cls(
            _day(kept["wanted_on"]), kept["remark"], kept["external_id"], tuple(lines),
            kept.get("ship_to"), kept.get("earned"),
        )  # fmt: skip

    def kept(self) -> dict[str, Any]:
        """As a change keeps it."""
        return {
            "wanted_on": _text(self.wanted_on),
            "remark": self.remark,
            "external_id": self.external_id,
            "total": self.total,
            "ship_to": self.ship_to,
            "earned": self.earned,
            "lines": [
                line._asdict()
                | {
                    "sku": str(line.sku),
                    "wanted_on": _text(line.wanted_on),
                    "parts": kept(line.parts),
                }
                for line in self.lines
            ],
        }

    @property
    def total(self) -> int:
        """What the order comes to, in minor units."""
        return sum(line.amount for line in self.lines)

    @property
    def by_sku(self) -> dict[UUID, VersionLine]:
        """The lines by their goods: where these stand in several, as one at what a piece of them
        costs, rounded up."""
        found: dict[UUID, VersionLine] = {}
        for line in self.lines:
            if line.sku in found:
                there = found[line.sku]
                quantity = there.quantity + line.quantity
                price = -(-(there.amount + line.amount) // quantity)
                line = there._replace(quantity=quantity, unit_price=price)
            found[line.sku] = line
        return found

    def words(self) -> Version:
        """Without what concerns the goods: two orders that say the same about these differ in words
        alone."""
        return replace(self, remark="", external_id="")


class Moved(NamedTuple):
    """What became of one line: `before` is None of one that is new, `after` of one struck."""

    before: VersionLine | None
    after: VersionLine | None

    @property
    def line(self) -> VersionLine:
        """Either of them, for its goods."""
        found = self.after or self.before
        assert found is not None
        return found


def moved(before: Version, after: Version) -> list[Moved]:
    """The lines that are others now, those that were there first."""
    was, now = (dict(in_turn((x.sku, x) for x in one.lines)) for one in (before, after))
    pairs = [Moved(was.get(name), now.get(name)) for name in dict.fromkeys([*was, *now])]
    return [pair for pair in pairs if pair.before != pair.after]


def in_turn[T](lines: Iterable[tuple[UUID, T]]) -> Iterator[tuple[tuple[UUID, int], T]]:
    """Lines by their goods and how many of these stand before."""
    before: dict[UUID, int] = {}
    for sku, line in lines:
        before[sku] = before.get(sku, 0) + 1
        yield (sku, before[sku]), line


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
