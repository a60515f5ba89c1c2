"""What everybody who looks after an order knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from random import Random
from typing import Any
from uuid import UUID

from heliu.kernel.clock import day_of
from heliu_world.acts import Hands
from heliu_world.market import Dealer, Seat, Shop
from heliu_world.world import World

STANDS = (files("heliu_world") / "sql" / "stands.sql").read_text(encoding="utf-8")
# What the rules answer while the bank is at work.
BUSY = frozenset({"bank-is-paying"})


@dataclass
class Case:
    """An order that was placed, its parties, and how it stands; `codes` are those renewed."""

    world: World
    hands: Hands
    shop: Shop
    dealer: Dealer
    deal: UUID
    random: Random
    codes: dict[str, str] = field(default_factory=dict)
    stands: dict[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """The deal's number."""
        return str(self.stands["number"])

    @property
    def seats(self) -> dict[UUID, Seat]:
        """Whoever may have to do with its goods or its money, by organisation."""
        everybody = [one.seat for one in self.world.market.dealers]
        return {seat.org: seat for seat in (*everybody, self.shop.seller, self.shop.bank)}

    def read(self) -> None:
        """See how things stand."""
        at = self.world.at
        self.stands = self.world.ask(STANDS, day_of(at), at, self.deal)[0]

    def luck(self, share: float) -> bool:
        """Chance. At the end of the world nothing is left to it."""
        return self.random.random() < share and not self.world.is_ending


def hours(random: Random, least: float, most: float) -> timedelta:
    """Some time between, in whole seconds."""
    return timedelta(seconds=random.randint(int(least * 3600), int(most * 3600)))


def yuan(amount: int) -> str:
    """Minor units as somebody types them into a form."""
    return f"{amount // 100}.{amount % 100:02}"
