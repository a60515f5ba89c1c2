"""The confluence: a deal's four flows as streams on one axis. Pure drawing, no Django.

Each event is drawn once, in lane order commerce, capital, logistics, information. Where one
transaction changes several flows their streams meet in a capsule. Events are equally spaced,
because a deal holds 54 seconds and 35 days; true durations stand in brackets below. Every node
is a link to its fact, and the list of facts is the text form.

Words arrive translated and formatted; everything is escaped here. The limits (at most 14 events,
slots, lanes, curves) are those of the design's section on the confluence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heliu.portal.ui.confluence_cover import COVER_BASE, Cover, CoverStep, draw_cover
from heliu.portal.ui.confluence_paths import (
    SPREAD,
    WIDTH,
    Axis,
    EventShape,
    lane_paths,
    lane_y,
    meeting_y,
)
from heliu.portal.ui.stream_rows import lane_margin, lane_margins, shared_defs, stream_glyph
from heliu.portal.ui.svg import FLOWS, TONES, attr, num

__all__ = [
    "Bracket",
    "Confluence",
    "Cover",
    "CoverStep",
    "Event",
    "draw",
    "fold",
    "lane_margin",
    "lane_margins",
    "shared_defs",
    "stream_glyph",
]

MOST_EVENTS = 14
HEAD_BOTTOM = 74
TODAY_WORD_Y = 88
CAPSULE = 10.4


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of the deal or one step still expected.

    ``label_lines``: one or two lines. ``figures``: at most two lines below, the time as written
    and an amount or count. ``flows``: which flows it changes; several of them meet. ``kind``:
    ``done``, ``future`` or ``failed`` (a refusal; the lane stops until its next event).
    """

    key: str
    label_lines: tuple[str, ...]
    flows: tuple[str, ...]
    at: datetime | None = None
    figures: tuple[str, ...] = ()
    kind: str = "done"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Bracket:
    """A duration people ask about. ``from_index`` None means from today."""

    from_index: int | None
    to_index: int
    text: str


@dataclass(frozen=True, slots=True)
class Confluence:
    """A whole drawing.

    ``today_index`` is the number of events that have happened, so today lies just before the
    event of that index; equal to the number of events when all is done. ``lane_names`` are the
    four flows' names in lane order. ``label`` says the state in words.
    """

    events: tuple[Event, ...]
    today_index: int
    lane_names: tuple[str, str, str, str]
    label: str
    today_word: str
    cover: Cover | None = None
    brackets: tuple[Bracket, ...] = ()


def fold(events: Sequence[Event], today_index: int, folded: str) -> tuple[tuple[Event, ...], int]:
    """At most fourteen events: the longest run of like past events becomes one ("4 trips").

    ``folded`` is the words of such a run, with ``{n}`` for how many. Returns the events and the
    new ``today_index``. Events are alike when they are done, and share label and flows; when no
    such run is left, the oldest neighbours are taken together.
    """
    kept, past = list(events), today_index
    while len(kept) > MOST_EVENTS:
        start, end = _longest_run(kept)
        run = kept[start:end]
        flows = tuple(flow for flow in FLOWS if any(flow in event.flows for event in run))
        last = run[-1]
        kept[start:end] = [
            Event(last.key, (folded.format(n=len(run)),), flows, last.at, last.figures[:1],
                  last.kind, last.href)
        ]  # fmt: skip
        if end <= past:
            past -= len(run) - 1
    return tuple(kept), past


def draw(flow: Confluence) -> str:
    """The wide drawing, 1200 units across. Raises ``ValueError`` with no or too many events."""
    if not 1 <= len(flow.events) <= MOST_EVENTS:
        raise ValueError(f"a confluence has 1 to {MOST_EVENTS} events, not {len(flow.events)}")
    axis = Axis(len(flow.events), flow.today_index)
    base = COVER_BASE if flow.cover else 258
    height = base + (44 if flow.brackets else 10)
    shapes = [EventShape(event.flows, event.kind) for event in flow.events]
    body = [
        _future_ground(axis, base),
        draw_cover(flow.cover, axis) if flow.cover else "",
        "".join(_drop(event, index, axis) for index, event in enumerate(flow.events)),
        # Later lanes are drawn over earlier ones, commerce last, each with a sheet-coloured casing.
        *(lane_paths(lane, shapes, axis) for lane in reversed(range(4))),
        *(_lane_name(lane, name) for lane, name in enumerate(flow.lane_names)),
        *(_node(event, index, axis) for index, event in enumerate(flow.events)),
        _today(axis, flow.today_word, base),
        *(_bracket(bracket, axis, base) for bracket in flow.brackets),
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="group" aria-label="{attr(flow.label)}">'
        f"{''.join(body)}</svg>"
    )


def _longest_run(events: Sequence[Event]) -> tuple[int, int]:
    """Start and end of the longest run of like past events; the first pair when there is none."""
    best, start = (0, 2), 0
    longest = 1
    for index in range(1, len(events) + 1):
        alike = index < len(events) and (
            events[index].kind == events[start].kind == "done"
            and events[index].flows == events[start].flows
            and events[index].label_lines == events[start].label_lines
        )
        if not alike:
            if index - start > longest:
                longest, best = index - start, (start, index)
            start = index
    return best


def _future_ground(axis: Axis, base: int) -> str:
    if axis.today is None:
        return ""
    width = num(WIDTH - axis.today)
    return (
        f'<rect class="f-sunk" x="{num(axis.today)}" y="{HEAD_BOTTOM}" width="{width}"'
        f' height="{base - HEAD_BOTTOM}"/>'
    )


def _drop(event: Event, index: int, axis: Axis) -> str:
    dash = ' stroke-dasharray="2 3"' if event.kind == "future" else ""
    end = num(meeting_y(event.flows))
    return f'<path class="s-line2" d="M{num(axis.x(index))} {HEAD_BOTTOM}V{end}"{dash}/>'


def _lane_name(lane: int, name: str) -> str:
    return (
        f'<text class="t-{FLOWS[lane]}" x="0" y="{lane_y(lane) + 4}" font-size="12"'
        f' font-weight="600">{attr(name)}</text>'
    )


def _node(event: Event, index: int, axis: Axis) -> str:
    """The event's head, its tick on the information lane and its node, all one link."""
    x, future = axis.x(index), event.kind == "future"
    lines = [
        (14 + 14 * place, 12, "t-ink3" if future else "t-ink name", line)
        for place, line in enumerate(event.label_lines[-2:], 2 - len(event.label_lines[-2:]))
    ]
    lines += [
        (44 + 16 * place, 11, "t-ink2" if place and not future else "t-ink3", line)
        for place, line in enumerate(event.figures[:2])
    ]
    weight = "" if future else ' font-weight="600"'
    texts = "".join(
        f'<text class="{paint}" x="{num(x)}" y="{y}" font-size="{size}" text-anchor="middle"'
        f"{weight if size == 12 else ''}>{attr(line)}</text>"
        for y, size, paint, line in lines
    )
    said = attr(" · ".join(filter(None, (" ".join(event.label_lines), *event.figures))))
    half = min(36.0, axis.step / 2)
    hit = (
        f'<rect class="hit" x="{num(x - half)}" y="2" width="{num(2 * half)}" height="64" rx="3"/>'
    )
    tick = (
        f'<path class="s-information" d="M{num(x)} {lane_y(3) + 5}v5" stroke-width="1.5"'
        f"{' opacity=".35"' if future else ''}/>"
    )
    inner = f"<title>{said}</title>{hit}{texts}{tick}{_mark(event, x)}"
    if not event.href:
        return f"<g>{inner}</g>"
    return f'<a href="{attr(event.href)}" aria-label="{said}">{inner}</a>'


def _mark(event: Event, x: float) -> str:
    """Ring for one flow, ink capsule for a meeting, the bad octagon for a refusal."""
    y, count = meeting_y(event.flows), len(event.flows)
    future = event.kind == "future"
    if event.kind == "failed":
        return (
            f'<g class="tone bad" transform="translate({num(x - 7)} {num(y - 7)}) scale(1.4)">'
            f"{TONES['bad']}</g>"
        )
    if count > 1:
        high = SPREAD * (count - 1) + CAPSULE
        edge = 'stroke-width="1.2" stroke-dasharray="2 2"' if future else 'stroke-width="2"'
        return (
            f'<rect class="f-sheet s-ink" x="{num(x - CAPSULE / 2)}" y="{num(y - high / 2)}"'
            f' width="{CAPSULE}" height="{num(high)}" rx="{CAPSULE / 2}" {edge}/>'
        )
    edge = 'stroke-width="1.2" stroke-dasharray="2 2"' if future else 'stroke-width="2"'
    return (
        f'<circle class="f-sheet s-{event.flows[0]}" cx="{num(x)}" cy="{num(y)}" r="4.2" {edge}/>'
    )


def _today(axis: Axis, word: str, base: int) -> str:
    if axis.today is None:
        return ""
    x = num(axis.today)
    return (
        f'<path class="s-ink" d="M{x} {HEAD_BOTTOM}V{base}"/>'
        f'<text class="t-ink" x="{num(axis.today + 5)}" y="{TODAY_WORD_Y}" font-size="11"'
        f' font-weight="600">{attr(word)}</text>'
    )


def _bracket(bracket: Bracket, axis: Axis, base: int) -> str:
    start = axis.end if bracket.from_index is None else axis.x(bracket.from_index)
    left, right = start + 3, axis.x(bracket.to_index) - 3
    return (
        f'<path class="f-none s-ink3" d="M{num(left)} {base + 17}v5H{num(right)}v-5"/>'
        f'<text class="t-ink2" x="{num((left + right) / 2)}" y="{base + 38}" font-size="12"'
        f' text-anchor="middle">{attr(bracket.text)}</text>'
    )
