"""The world while it turns: its moment, its people, its chance, and what was done in it."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from psycopg.rows import dict_row

from heliu_world.chance import stream
from heliu_world.faults import Faults
from heliu_world.ground import Ground
from heliu_world.judge import Judge
from heliu_world.market import Market

# Every world begins on this Monday morning, so that a seed tells the same story on any day.
BEGINS = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
REMEMBERED = 20


@dataclass
class World:
    """All there is. `at` only moves forward; `skew` is how wrong the clock at hand goes."""

    seed: int
    ground: Ground
    judge: Judge
    faults: Faults
    at: datetime = BEGINS
    skew: timedelta = timedelta()
    step: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    is_ending: bool = False
    _digest: Any = field(default_factory=hashlib.sha256)
    market: Market = field(init=False)

    @property
    def now(self) -> datetime:
        """What the clock of whoever acts shows."""
        return self.at + self.skew

    @property
    def day(self) -> int:
        """The day of the simulation, from 1."""
        return (self.at - BEGINS).days + 1

    @property
    def digest(self) -> str:
        """A digest of everything that was told so far."""
        return str(self._digest.hexdigest())

    def random(self, *name: str | int) -> Random:
        """A stream of chance of the world's seed."""
        return stream(self.seed, *name)

    def tell(self, what: str, outcome: str) -> None:
        """Write a step down."""
        line = f"{self.step:6} day {self.day:3} {self.at:%m-%d %H:%M:%S} {what} -> {outcome}"
        self.last.append(line)
        self._digest.update(line.encode() + b"\n")

    def ask(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Look something up beside everybody's transactions."""
        with self.ground.judge.cursor(row_factory=dict_row) as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()
