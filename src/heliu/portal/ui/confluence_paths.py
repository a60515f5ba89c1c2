"""Where streams run: the slots of the axis, the lanes, and the curves into and out of a meeting.

Units are those of the wide drawing, 1200 across. Events are equally spaced, with
``step = (1200 - 86 - 46) / (n - 1)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from heliu.portal.ui.svg import FLOWS, num

WIDTH = 1200
AXIS_LEFT = 86
AXIS_RIGHT = 46
LANE_TOP = 104
LANE_GAP = 44
SPREAD = 3.4
"""How far apart streams lie side by side in a meeting."""
FLAT = 8
"""A meeting runs level this far on both sides of its slot."""
LONGEST_CURVE = 40.0
CURVE_SHARE = 0.46
INFORMATION = FLOWS.index("information")


@dataclass(frozen=True, slots=True)
class Axis:
    """The slots of ``count`` events; ``today_index`` of them lie in the past."""

    count: int
    today_index: int

    @property
    def step(self) -> float:
        """The distance between neighbouring events."""
        return (WIDTH - AXIS_LEFT - AXIS_RIGHT) / max(1, self.count - 1)

    def x(self, index: int) -> float:
        """Where the event of this index stands."""
        return AXIS_LEFT + self.step * index

    @property
    def today(self) -> float | None:
        """Halfway between the last done and the first expected event; None when all is done."""
        if self.today_index >= self.count:
            return None
        if self.today_index <= 0:
            return AXIS_LEFT - FLAT
        return (self.x(self.today_index - 1) + self.x(self.today_index)) / 2

    @property
    def end(self) -> float:
        """Where the past ends: today, or the last event."""
        return self.x(self.count - 1) if self.today is None else self.today


@dataclass(frozen=True, slots=True)
class EventShape:
    """The part of an event that shapes the lanes."""

    flows: tuple[str, ...]
    kind: str


def lane_y(lane: int) -> int:
    """The height of a lane at rest, in lane order from the top."""
    return LANE_TOP + LANE_GAP * lane


def meeting_y(flows: Sequence[str]) -> float:
    """The middle of the lanes that meet; for one flow its own lane."""
    return sum(lane_y(FLOWS.index(flow)) for flow in flows) / len(flows)


def stream_y(lane: int, flows: Sequence[str]) -> float:
    """Where this lane runs at an event: beside the others in a meeting, else at rest."""
    if FLOWS[lane] not in flows or len(flows) < 2:
        return lane_y(lane)
    order = sorted(flows, key=FLOWS.index)
    place = order.index(FLOWS[lane])
    return meeting_y(flows) + SPREAD * (place - (len(order) - 1) / 2)


def lane_paths(lane: int, events: Sequence[EventShape], axis: Axis) -> str:
    """One lane: dots before it begins and where it stopped, solid past, dotted future."""
    flow = FLOWS[lane]
    waiting, solid, dotted = _runs(lane, events, axis)
    dots = "".join(
        f'<path class="f-none s-line2" d="M{num(left)} {lane_y(lane)}H{num(right)}"'
        ' stroke-dasharray="1 4"/>'
        for left, right in waiting
    )
    past = "".join(
        f'<path class="f-none s-sheet" d="{line}" stroke-width="6" stroke-linejoin="round"/>'
        f'<path class="f-none s-{flow}" d="{line}" stroke-width="3" stroke-linejoin="round"/>'
        for line in solid
    )
    future = "".join(
        f'<path class="f-none s-{flow}" d="{line}" stroke-width="2" stroke-dasharray="2 4"'
        ' opacity=".85"/>'
        for line in dotted
    )
    return dots + past + future


def _takes_part(lane: int, event: EventShape) -> bool:
    """Information hears of every event; a refusal stops only the lanes it was about."""
    return FLOWS[lane] in event.flows or (lane == INFORMATION and event.kind != "failed")


def _runs(
    lane: int, events: Sequence[EventShape], axis: Axis
) -> tuple[list[tuple[float, float]], list[str], list[str]]:
    """Dotted waits as (from, to), solid past runs and dotted future runs as path data."""
    waits: list[tuple[float, float]] = []
    past: list[str] = []
    future: list[str] = []
    run = ""
    idle_from: float = AXIS_LEFT
    for index, event in enumerate(events):
        if index == axis.today_index and axis.today is not None and run:
            past.append(f"{run}L{num(axis.today)} {lane_y(lane)}")
            run = f"M{num(axis.today)} {lane_y(lane)}"
        if run:
            run += _entry(lane, events, index, axis)
        elif _takes_part(lane, event):
            if axis.x(index) > idle_from:
                waits.append((idle_from, axis.x(index)))
            run = f"M{num(axis.x(index))} {num(stream_y(lane, event.flows))}"
        else:
            continue
        if event.kind == "failed" and FLOWS[lane] in event.flows:
            (past if index < axis.today_index else future).append(run)
            run, idle_from = "", axis.x(index)
        else:
            run += _exit(lane, events, index, axis)
    if run:
        (future if axis.today is not None else past).append(run)
    elif idle_from < axis.end:
        waits.append((idle_from, axis.end))
    return waits, past, future


def _curve(lane: int, events: Sequence[EventShape], index: int, side: int, axis: Axis) -> float:
    """How long the curve on one side of a meeting is; half a slot where the next needs room."""
    length = min(LONGEST_CURVE, CURVE_SHARE * axis.step)
    other = index + side
    crowded = 0 <= other < len(events) and (
        (FLOWS[lane] in events[other].flows and len(events[other].flows) > 1)
        or axis.today_index == max(index, other)
    )
    return min(length, axis.step / 2 - FLAT) if crowded else length


def _entry(lane: int, events: Sequence[EventShape], index: int, axis: Axis) -> str:
    """From the lane at rest to its place at the event."""
    x, rest, there = axis.x(index), lane_y(lane), stream_y(lane, events[index].flows)
    if there == rest and not _meets(lane, events[index]):
        return f"L{num(x)} {num(there)}"
    length = _curve(lane, events, index, -1, axis)
    near, far = x - FLAT, x - FLAT - length
    pull = 0.55 * length
    return (
        f"L{num(far)} {rest}C{num(far + pull)} {rest} {num(near - 0.5 * length)} {num(there)}"
        f" {num(near)} {num(there)}L{num(x)} {num(there)}"
    )


def _exit(lane: int, events: Sequence[EventShape], index: int, axis: Axis) -> str:
    """From its place in a meeting back to the lane at rest; nothing for single events."""
    if not _meets(lane, events[index]) or index == len(events) - 1:
        return ""
    x, rest, there = axis.x(index), lane_y(lane), stream_y(lane, events[index].flows)
    length = _curve(lane, events, index, 1, axis)
    near, far = x + FLAT, x + FLAT + length
    pull = 0.55 * length
    return (
        f"L{num(near)} {num(there)}C{num(near + 0.5 * length)} {num(there)}"
        f" {num(far - pull)} {rest} {num(far)} {rest}"
    )


def _meets(lane: int, event: EventShape) -> bool:
    return FLOWS[lane] in event.flows and len(event.flows) > 1
