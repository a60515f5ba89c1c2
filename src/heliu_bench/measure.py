"""Figures from what was timed: percentiles, medians, and one round of a bench."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from heliu_bench.cpu import Spent


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of all values does not exceed.

    Nearest rank: always a value that was measured. Raises `ValueError` when there are none.
    """
    if not values:
        raise ValueError("There is no percentile of nothing.")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Figures:
    """What one round came to. Times in milliseconds, CPU in milliseconds per operation done."""

    seconds: float
    done: int
    refused: int
    failed: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_app_ms: float
    cpu_postgres_ms: float
    cpu_generator_ms: float


@dataclass
class Round:
    """What happened in one round; `latencies` in seconds, one for each operation that was done.

    `done` differs from their number where an operation is a set of many movements.
    """

    seconds: float
    latencies: Sequence[float]
    spent: Spent
    refused: int = 0
    failed: int = 0
    done: int = field(default=-1)

    def figures(self) -> Figures:
        """The round in figures. Raises `ValueError` when nothing was done: there is no figure."""
        done = len(self.latencies) if self.done < 0 else self.done
        if not done or self.seconds <= 0:
            raise ValueError("Nothing was done, so there is nothing to measure.")
        return Figures(
            seconds=self.seconds,
            done=done,
            refused=self.refused,
            failed=self.failed,
            per_second=done / self.seconds,
            p50_ms=percentile(self.latencies, 0.50) * 1000,
            p95_ms=percentile(self.latencies, 0.95) * 1000,
            p99_ms=percentile(self.latencies, 0.99) * 1000,
            cpu_app_ms=self.spent.app * 1000 / done,
            cpu_postgres_ms=self.spent.postgres * 1000 / done,
            cpu_generator_ms=self.spent.generator * 1000 / done,
        )


def median(values: Iterable[float]) -> float:
    """The middle value, or the mean of the two middle ones."""
    return float(statistics.median(values))
