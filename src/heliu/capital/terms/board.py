"""All buyers of a seller beside one another: a page of how they stand, and the sums over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.capital.terms.policies import BUCKETS, LOSS, loss_of
from heliu.capital.terms.queries import Standing

AGES = [least for least, _ in BUCKETS]
NO_AGES = (0,) * (len(BUCKETS) + 1)
"""Nothing is open, of whatever age."""
ASK = """select everybody, latecomers, stopped, owed, aged, buyer, buyer_aged, credit, disputed,
                number, oldest
           from terms_board(%(seller)s, %(on)s, %(only)s, %(most)s, %(skipped)s, %(ages)s)"""


@dataclass(frozen=True)
class Board:
    """How buyers stand, a page of them; and of all: how many there are by tab ('' all, late,
    stopped), what is owed, and what is open by age (fen)."""

    rows: list[Standing]
    counts: dict[str, int]
    owed: int
    aged: tuple[int, ...]

    @property
    def late(self) -> int:
        """What of it is late."""
        return sum(self.aged[1:])

    @property
    def expected_loss(self) -> int:
        """What of it is lost as a rule, by its age."""
        return loss_of(self.aged, LOSS)


def board(seller: UUID, *, on: date, only: str = "", most: int, skipped: int = 0) -> Board:
    """How the buyers of a seller stand on a day, the latest first; those with terms who owe
    nothing come last. One statement for any number of them; `only` late or stopped ones."""
    asked: dict[str, Any] = {
        "seller": seller, "on": on, "only": only, "most": most, "skipped": skipped, "ages": AGES,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ASK, asked)
        found = cursor.fetchall()
    everybody, late, stopped, owed, aged = found[0][:5]
    return Board(
        [
            Standing(seller, buyer, tuple(ages), credit, disputed, number, oldest)
            for *_, buyer, ages, credit, disputed, number, oldest in found
            if buyer is not None
        ],
        {"": everybody, "late": late, "stopped": stopped},
        owed,
        tuple(aged),
    )
