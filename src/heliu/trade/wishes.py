"""What somebody wants to order, and what must be known to decide on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Place
from heliu.commerce.ordering.models import PayBy
from heliu.commerce.ordering.operations import PricedLine
from heliu.commerce.ordering.parts import Part, parted
from heliu.commerce.pricing.rewards import Offers
from heliu.kernel.access.actor import Actor
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.names import Names

ANYBODY = UUID(int=0)  # stands for the buyer while it is not known who sends a wish


@dataclass(frozen=True)
class Wish:
    """What is wanted: how much of which SKU, each SKU once, and how it will be paid.

    `cost_centre` is who bears it in the buyer's house. Where others had to agree first, `asked` is
    the question's order (its id is the order's) and `kept` the prices that were kept meanwhile.
    `quoted` are the prices of a seller's offer (`commerce.quotes`): exactly these are paid, and
    nothing is earned beside them (the fast lane takes none).
    `wanted_on` is the day on which the goods are wished, `days` of lines that have their own,
    `parts` of those wished in parts (written after the order: the fast lane does not take them),
    `address` where in the buyer's book they go (None: to its default), `currency` in what whoever
    wishes takes it to cost (empty: that in which the two trade).
    """

    seller: UUID
    wanted: Mapping[UUID, int]
    pay_by: str
    remark: str = ""
    external_id: str = ""
    cost_centre: UUID | None = None
    asked: UUID | None = None
    kept: Mapping[UUID, int] | None = None
    quoted: Mapping[UUID, int] | None = None
    wanted_on: date | None = None
    days: Mapping[UUID, date] | None = None
    parts: Mapping[UUID, Sequence[Part]] | None = None
    address: UUID | None = None
    currency: str = ""

    def line(self, sku: UUID, quantity: int, unit_price: int) -> PricedLine:
        """A line of the order with its day, or its parts by day."""
        day = self.days.get(sku) if self.days else None
        wished = self.parts.get(sku) if self.parts else None
        if not wished:
            return PricedLine(sku, quantity, unit_price, day)
        split = parted(wished, quantity, self.wanted_on)
        first = split[0].wanted_on
        return PricedLine(
            sku, quantity, unit_price, None if first == self.wanted_on else first,
            split if len(split) > 1 else (),
        )  # fmt: skip

    def terms_key(self, buyer: UUID) -> str | None:
        """The account of trade credit it is held on, if it is on terms."""
        if self.pay_by != PayBy.TERMS:
            return None
        return Place(self.seller, Code.RECEIVABLE, buyer).key


@dataclass(frozen=True)
class Ask:
    """A wish, and who has it."""

    actor: Actor
    wish: Wish

    @property
    def buyer(self) -> UUID:
        """Who orders."""
        return self.actor.own_org


class Goods(NamedTuple):
    """A SKU as far as a line is judged by it."""

    pk: UUID
    code: str


class Wanted(NamedTuple):
    """What is known about a SKU that is wanted.

    `code` is None when the seller has no such goods, `unit_price` (minor units, of one smallest
    unit) when there is no price. `account` is where the goods are promised and `free` how much.
    """

    code: str | None
    unit_price: int | None
    account: int | None
    free: int


class Known(NamedTuple):
    """What is known about one ask: all a decision needs, and the numbers it would be given.

    `names` are the buyer's, and behind them the currency in which the two trade, `room` is what the
    buyer may still order on terms, `stop` why it may not at all (PAUSED: in no way, its seller is
    suspended), `least` what an order must come to (minor units), `wanted` stands in the order of
    the ask, `offers` is what the order may earn as a whole.
    """

    trades: bool
    is_used: bool
    names: Sequence[str]
    terms: int | None
    room: int
    stop: str | None
    least: int
    order_number: int
    deal_number: int
    wanted: Sequence[Wanted]
    offers: Offers | None = None

    @property
    def buyer(self) -> Names:
        """What the buyer is called."""
        return Names(*self.names[:4])

    @property
    def currency(self) -> str:
        """In what the two trade."""
        return self.names[4] or CURRENCY
