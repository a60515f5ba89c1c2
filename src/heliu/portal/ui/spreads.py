"""How long things take, as a histogram with its middle and its tail named. Pure, no Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from heliu.portal.ui.charts import Chart, Line, histogram, nice_top

BINS = 24


@dataclass(frozen=True, slots=True)
class Spread:
    """Sorted values in one unit; ask only when there are any."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of these values."""
        return cls(tuple(sorted(values)))

    def at(self, percent: int) -> float:
        """The smallest value that this many per cent of all do not pass."""
        return self.values[max(0, ceil(len(self.values) * percent / 100) - 1)]


def spread_chart(
    spread: Spread,
    *,
    label: str,
    head: tuple[str, str],
    unit: str,
    flow: str = "capital",
    width: int = 586,
) -> Chart:
    """The histogram of a spread from nothing to a little past its 99th percentile.

    What lies further out is counted in the last bar. ``unit`` stands behind the figures, with its
    space.
    """
    end = nice_top(spread.at(99) * 1.05)
    counts = [0] * BINS
    for value in spread.values:
        counts[min(BINS - 1, int(value / end * BINS))] += 1
    lines = [
        Line(spread.at(percent), f"p{percent} {short(spread.at(percent))}{unit}")
        for percent in (50, 99)
    ]
    return histogram(
        counts,
        start=0,
        bin_width=end / BINS,
        label=label,
        head=head,
        lines=lines,
        unit=unit,
        flow=flow,
        width=width,
    )


def short(value: float) -> str:
    """Two decimals below ten, one below a hundred, none above."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{places}f}"
