"""The four flows of a day on one clock, each against a usual day. Pure drawing, no Django.

One of the places of the stream motif. Lanes stand in lane order; each has its own scale, because
facts of one flow do not compare with those of another: the form of the day is what is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heliu.portal.ui.charts import NARROW, Chart
from heliu.portal.ui.svg import attr, num

SLOTS = 48
HIGH = 34
STEP = 56
HOURS = (0, 6, 12, 18, 24)


@dataclass(frozen=True, slots=True)
class Lane:
    """A flow's day: facts per half hour, those of a usual day, and words at both ends.

    ``upto`` is how many half hours of the day are drawn.
    """

    flow: str
    name: str
    now: tuple[int, ...]
    usual: tuple[float, ...]
    upto: int
    total: str
    against: str


def lanes_chart(
    lanes: Sequence[Lane], *, label: str, head: tuple[str, ...], width: int = 790
) -> Chart:
    """All lanes at the width of the slot and at the phone's; the table has the hours."""
    rows = tuple(
        (
            f"{hour:02d}:00",
            *(f"{sum(lane.now[2 * hour : 2 * hour + 2]):,}" for lane in lanes),
        )
        for hour in range(24)
    )
    return Chart(label, _draw(lanes, label, width), _draw(lanes, label, NARROW), head, rows)


def _draw(lanes: Sequence[Lane], label: str, width: int) -> str:
    is_wide = width > NARROW
    left, right = (112, 92) if is_wide else (0, 0)
    span = width - left - right
    head = 0 if is_wide else 18
    body = []
    for place, lane in enumerate(lanes):
        base = HIGH + 6 + (STEP + head) * place + head
        body.append(_lane(lane, left, base, span))
        body.append(_words(lane, base, width, is_wide=is_wide))
    bottom = HIGH + 6 + (STEP + head) * (len(lanes) - 1) + head + 20
    for hour in HOURS:
        x = left + span * hour / 24
        anchor = "start" if hour == 0 else "end" if hour == 24 else "middle"
        body.append(
            f'<text class="t-ink3" x="{num(x)}" y="{bottom}" font-size="11"'
            f' text-anchor="{anchor}">{hour:02d}:00</text>'
        )
    return (
        f'<svg viewBox="0 0 {width} {bottom + 6}" width="{width}" height="{bottom + 6}"'
        f' role="img" aria-label="{attr(label)}">{"".join(body)}</svg>'
    )


def _lane(lane: Lane, left: int, base: float, span: int) -> str:
    top = max([*map(float, lane.now), *lane.usual, 1.0])

    def point(slot: int, value: float) -> str:
        return f"{num(left + span * (slot + 0.5) / SLOTS)} {num(base - HIGH * value / top)}"

    drawn = f'<path class="s-line2" d="M{left} {num(base)}h{span}"/>'
    if any(lane.usual):
        line = "L".join(point(slot, value) for slot, value in enumerate(lane.usual))
        drawn += f'<path class="s-ink3 f-none" d="M{line}" stroke-dasharray="1 3"/>'
    known = lane.now[: lane.upto]
    if known:
        line = "L".join(point(slot, value) for slot, value in enumerate(known))
        first = num(left + span * 0.5 / SLOTS)
        last = num(left + span * (len(known) - 0.5) / SLOTS)
        drawn += (
            f'<path class="f-{lane.flow}" fill-opacity=".13"'
            f' d="M{first} {num(base)}L{line}L{last} {num(base)}z"/>'
            f'<path class="s-{lane.flow} f-none" d="M{line}" stroke-width="1.8"'
            ' stroke-linejoin="round"/>'
        )
        x, y = point(len(known) - 1, known[-1]).split()
        drawn += f'<circle class="f-{lane.flow}" cx="{x}" cy="{y}" r="2.8"/>'
    return drawn


def _words(lane: Lane, base: float, width: int, *, is_wide: bool) -> str:
    """The flow's name at the left, its count and the difference at the right."""
    up = base - 14 if is_wide else base - HIGH - 8
    name = (
        f'<text class="t-{lane.flow}" x="0" y="{num(up)}" font-size="12" font-weight="600">'
        f"{attr(lane.name)}</text>"
    )
    if is_wide:
        return name + (
            f'<text class="t-ink" x="{width}" y="{num(up)}" font-size="12" font-weight="600"'
            f' text-anchor="end">{attr(lane.total)}</text>'
            f'<text class="t-ink3" x="{width}" y="{num(base + 1)}" font-size="11"'
            f' text-anchor="end">{attr(lane.against)}</text>'
        )
    both = f"{lane.total} · {lane.against}" if lane.against else lane.total
    return name + (
        f'<text class="t-ink" x="{width}" y="{num(up)}" font-size="12" text-anchor="end">'
        f"{attr(both)}</text>"
    )
