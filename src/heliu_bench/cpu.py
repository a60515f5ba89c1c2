"""What processes cost: CPU seconds of whole process trees, as the kernel counts them."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterable
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


class Process(NamedTuple):
    """A line of /proc: `ticks` are its own and those of its children that ended."""

    pid: int
    parent: int
    ticks: int


def processes() -> dict[int, Process]:
    """All processes that there are."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            said = (place / "stat").read_text()
        except OSError:
            continue  # it ended meanwhile; its ticks are its parent's now
        # The name may hold spaces and brackets; what follows the last bracket is plain.
        fields = said.rpartition(")")[2].split()
        pid = int(place.name)
        found[pid] = Process(pid, int(fields[1]), sum(int(part) for part in fields[11:15]))
    return found


def children(of: int) -> set[int]:
    """The living children of a process."""
    return {one.pid for one in processes().values() if one.parent == of}


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
            return sum(one.ticks for one in seen.values()) / TICK
    raise ProcessLookupError("Processes end faster than their time can be read.")


def _below(roots: list[int]) -> dict[int, Process]:
    """These processes and all that descend from them."""
    there = processes()
    started: dict[int, list[int]] = defaultdict(list)
    for one in there.values():
        started[one.parent].append(one.pid)
    for root in roots:
        if root not in there:
            raise ProcessLookupError(f"Process {root} is gone, its time cannot be measured.")
    waiting, found = list(roots), {}
    while waiting:
        pid = waiting.pop()
        found[pid] = there[pid]
        waiting += started[pid]
    return found


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
