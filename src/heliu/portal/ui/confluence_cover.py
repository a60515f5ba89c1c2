"""The strip under the streams: do the pledged goods cover the debt? Pure drawing.

Debt is a malachite step line, the pledged value a hatched area behind it, both on one scale that
starts at zero. Only the first and the last amount of each are written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heliu.portal.ui.confluence_paths import AXIS_LEFT, Axis
from heliu.portal.ui.svg import attr, num

COVER_BASE = 334
COVER_HEIGHT = 54
_APART = 14


@dataclass(frozen=True, slots=True)
class CoverStep:
    """From the event of this index on the amount is ``minor``; ``text`` is its label or empty."""

    index: int
    minor: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """Both series and up to two lines of title at the left."""

    debt: tuple[CoverStep, ...]
    pledged: tuple[CoverStep, ...]
    title_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Label:
    x: float
    y: float
    text: str
    paint: str


def draw_cover(cover: Cover, axis: Axis) -> str:
    """The strip; empty when nothing was ever owed or pledged."""
    most = max([step.minor for step in (*cover.debt, *cover.pledged)], default=0)
    if most <= 0:
        return ""

    def y(minor: int) -> float:
        return COVER_BASE - COVER_HEIGHT * minor / most

    drawn = [
        '<defs><pattern id="cover-hatch" width="4" height="4" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="f-bound-bg" width="4" height="4"/>'
        '<path class="s-bound" d="M0 0v4" stroke-width="1.3"/></pattern></defs>',
        f'<path class="s-control" d="M{AXIS_LEFT} {COVER_BASE}H{num(axis.end)}"/>',
    ]
    if cover.pledged:
        line = _step_line(cover.pledged, axis, y)
        drawn.append(f'<path class="s-bound" d="{line}V{COVER_BASE}Z" fill="url(#cover-hatch)"/>')
    if cover.debt:
        line = _step_line(cover.debt, axis, y)
        drawn.append(
            f'<path class="f-none s-sheet" d="{line}" stroke-width="5"/>'
            f'<path class="f-none s-capital" d="{line}" stroke-width="2.2"/>'
        )
    drawn += [
        f'<text class="halo {label.paint}" x="{num(label.x)}" y="{num(label.y)}" font-size="12">'
        f"{attr(label.text)}</text>"
        for label in _labels(cover, axis, y)
    ]
    drawn += [
        f'<text class="t-ink2" x="0" y="{COVER_BASE - 22 + 16 * place}" font-size="12">'
        f"{attr(line)}</text>"
        for place, line in enumerate(cover.title_lines[:2])
    ]
    return "".join(drawn)


def _step_line(steps: Sequence[CoverStep], axis: Axis, y: Callable[[int], float]) -> str:
    ends = [*(axis.x(step.index) for step in steps[1:]), axis.end]
    rises = "".join(
        f"V{num(y(step.minor))}H{num(end)}" for step, end in zip(steps, ends, strict=True)
    )
    return f"M{num(axis.x(steps[0].index))} {COVER_BASE}{rises}"


def _labels(cover: Cover, axis: Axis, y: Callable[[int], float]) -> list[_Label]:
    """First amounts above their step; last amounts beyond today, the higher one above."""
    series = [(cover.debt, "t-capital"), (cover.pledged, "t-bound")]
    first = [
        _Label(axis.x(steps[0].index) + 6, y(steps[0].minor) - 6, steps[0].text, paint)
        for steps, paint in series
        if steps and steps[0].text
    ]
    last = [
        _Label(axis.end + 6, y(steps[-1].minor) + 4, steps[-1].text, paint)
        for steps, paint in series
        if len(steps) > 1 and steps[-1].text and axis.today is not None
    ]
    return [*_spread(first, reach=100), *_spread(last, reach=0)]


def _spread(labels: list[_Label], reach: float) -> list[_Label]:
    """Two labels that would touch are moved apart, the upper one up and the lower one down."""
    if len(labels) < 2 or abs(labels[0].x - labels[1].x) > reach:
        return labels
    upper, lower = sorted(labels, key=lambda label: label.y)
    short = _APART - (lower.y - upper.y)
    if short <= 0:
        return labels
    top = min(upper.y - short / 2, COVER_BASE - 4 - _APART)
    return [
        _Label(upper.x, top, upper.text, upper.paint),
        _Label(lower.x, top + _APART, lower.text, lower.paint),
    ]
