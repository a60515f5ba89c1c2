"""All buyers of a seller beside one another: a page of how they stand, and the sums over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection

from heliu.capital.terms.policies import BUCKETS, LOSS
from heliu.capital.terms.queries import Standing

AGES = [least for least, _ in BUCKETS]
NOTHING = [0] * (len(BUCKETS) + 1)


@dataclass(frozen=True)
class Board:
    """How buyers stand, a page of them; and of all: how many there are by tab ('' all, late,
    stopped), what is owed, what of it is lost as a rule, and what is open by age (fen)."""

    rows: list[Standing]
    counts: dict[str, int]
    owed: int
    expected_loss: int
    aged: tuple[int, ...]

    @property
    def late(self) -> int:
        """What of it is late."""
        return sum(self.aged[1:])


def board(
    seller: UUID, *, on: date, only: str = "", most: int, skipped: int = 0, sort: str = ""
) -> Board:
    """How the buyers of a seller stand on a day, the latest first; those with terms who owe
    nothing come last. One statement for any number of them; `only` late or stopped ones. `sort` is
    what they stand by instead: owed, credit, disputed, or an age (age0: not due, age1 …), with a
    ``-`` the most first."""
    by = sort.removeprefix("-")
    age = by.removeprefix("age") if by.startswith("age") else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(),
            {
                "seller": seller, "on": on, "only": only, "most": most, "skipped": skipped,
                "by": "age" if age else by, "place": int(age or 0) + 1,
                "sign": -1 if by and by == sort else 1,
                "ages": AGES, "nothing": NOTHING, "loss": [rate / 100 for rate in LOSS],
            },
        )  # fmt: skip
        found = cursor.fetchall()
    everybody, late, stopped, owed, loss, aged = found[0][:6]
    return Board(
        [
            Standing(seller, buyer, tuple(ages), credit, disputed, number, oldest)
            for *_, buyer, ages, credit, disputed, number, oldest in found
            if buyer is not None
        ],
        {"": everybody, "late": late, "stopped": stopped},
        owed,
        loss,
        tuple(aged),
    )


@cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "board.sql").read_text(encoding="utf-8")
