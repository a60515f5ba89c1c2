"""docs/recompute_deal.sql as a function."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

SQL = (Path(__file__).parents[2] / "docs" / "recompute_deal.sql").read_text()


class Compared(NamedTuple):
    """One figure of a deal, worked out anew and as it is stored."""

    what: str
    recomputed: int | None
    stored: int | None
    agrees: bool


class Cursor(Protocol):
    """What a connection of Django or of psycopg gives."""

    def execute(self, query: Any, params: Any = None, /) -> object: ...
    def fetchall(self) -> Iterable[tuple[Any, ...]]: ...


def recomputed(cursor: Cursor, number: str) -> list[Compared]:
    """All figures of a deal, in order."""
    cursor.execute(SQL.replace(":'deal'", "%s"), [number])
    return [Compared(*row) for row in cursor.fetchall()]
