"""What processes cost: CPU seconds of whole process trees, as the kernel counts them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")
TRIES = 20


class Spent(NamedTuple):
    """CPU seconds of the server's processes, of PostgreSQL and of what made the load."""

    app: float
    postgres: float
    generator: float


def children(of: int) -> set[int]:
    """The living children of a process, which the kernel lists by the thread that started each."""
    found: set[int] = set()
    for place in Path(f"/proc/{of}/task").glob("*/children"):
        with suppress(OSError):  # the thread ended meanwhile
            found.update(map(int, place.read_text().split()))
    return found


def seconds(roots: Iterable[int]) -> float:
    """CPU seconds used so far by these processes and everything they started.

    Raises `ProcessLookupError` when one of them is gone, or others end faster than they are read:
    what was used can then not be told.
    """
    named = list(roots)
    for _ in range(TRIES):
        before, seen, after = _below(named), _below(named), _below(named)
        # Whatever ended while it was read may be missing here and not be in its parent's time yet.
        if before.keys() <= seen.keys() <= after.keys():
            return sum(seen.values()) / TICK
    raise ProcessLookupError("Processes end faster than their time can be read.")


def _below(roots: list[int]) -> dict[int, int]:
    """Ticks of these processes and of all that descend from them.

    Only they are read, not the whole machine's processes: a reading must be short beside a life.
    """
    found = {root: _ticks(root) for root in roots}
    waiting = list(roots)
    while waiting:
        for pid in children(waiting.pop()):
            with suppress(ProcessLookupError):  # it ended meanwhile; its ticks are its parent's now
                found[pid] = _ticks(pid)
                waiting.append(pid)
    return found


def _ticks(pid: int) -> int:
    """What a process used, with its children that ended."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        raise ProcessLookupError(f"Process {pid} is gone, its time cannot be measured.") from None
    # The name may hold spaces and brackets; what follows the last bracket is plain.
    return sum(int(part) for part in said.rpartition(")")[2].split()[11:15])


@dataclass
class Meter:
    """Reads what the server and PostgreSQL used since it was last read, and how long that was.

    `app` and `postgres` are the roots of their process trees; the kernel counts in ticks of 10 ms,
    so a round should use many of them.
    """

    app: frozenset[int]
    postgres: int

    def __post_init__(self) -> None:
        self._read()

    def start(self) -> None:
        """Count from now."""
        self._read()

    def stop(self, *, generator: float) -> tuple[float, Spent]:
        """Wall seconds since the start, and CPU seconds; `generator` knows its own."""
        began, app, postgres = self._began, self._app, self._postgres
        self._read()
        spent = Spent(self._app - app, self._postgres - postgres, generator)
        return self._began - began, spent

    def _read(self) -> None:
        self._began = time.perf_counter()
        self._app = seconds(self.app)
        self._postgres = seconds([self.postgres])
