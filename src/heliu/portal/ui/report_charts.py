"""Charts of reports: bars against their limit, and lines over time. Pure drawing, no Django.

Drawn in both widths as in `charts`; values are plain numbers, the words beside them come written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heliu.portal.ui.charts import NARROW, Chart, nice_top
from heliu.portal.ui.svg import drawing, num, words

ROW = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing of a list: what it is, how long its bar, what is written at its end.

    ``most`` draws the limit as an ink line; ``held`` continues the bar hatched. ``paint`` is the
    class of its fill without ``f-``: a flow, act, due or bad.
    """

    name: str
    value: int
    text: str
    most: int | None = None
    held: int = 0
    paint: str = "capital"


@dataclass(frozen=True, slots=True)
class Curve:
    """A named line over the axis; None where nothing is known. ``text`` stands at its end.

    ``is_faint`` draws one of many of which only some are named.
    """

    name: str
    values: tuple[float | None, ...]
    flow: str = "capital"
    text: str = ""
    is_faint: bool = False
    is_dotted: bool = False


def bars(
    items: Sequence[Bar],
    *,
    label: str,
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    width: int = 1204,
) -> Chart:
    """Bars from zero below each other, the limit of each as an ink line."""
    top = max([1, *(one.value + one.held for one in items), *(one.most or 0 for one in items)])

    def at(size: int) -> str:
        is_small = size <= NARROW
        left, right = (96, 76) if is_small else (210, 110)
        scale = (size - left - right) / top
        body = []
        for place, one in enumerate(items):
            body.append(_bar(one, 4 + ROW * place, left, scale, size, 7 if is_small else 15))
        return drawing(size, ROW * max(1, len(items)) + 8, label, body)

    return Chart(label, at(width), at(NARROW), head, tuple(rows))


def lines(
    curves: Sequence[Curve],
    axis: Sequence[str],
    *,
    label: str,
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    scale_texts: tuple[str, str],
    top: float,
    every: int = 1,
    width: int = 1204,
) -> Chart:
    """Curves from zero over an axis whose every n-th place is written; each is named at its end.

    ``scale_texts`` are written at half of ``top`` and at ``top``.
    """

    def at(size: int) -> str:
        left, right, low, high = 52, 92 if size <= NARROW else 120, 176.0, 12.0
        step = (size - left - right) / max(1, len(axis) - 1)

        def y(value: float) -> float:
            return low - (low - high) * value / (top or 1)

        body = []
        for share, text in ((0.0, "0"), (0.5, scale_texts[0]), (1.0, scale_texts[1])):
            body.append(f'<path class="s-line" d="M{left} {num(y(top * share))}H{size - right}"/>')
            body.append(words(left - 6, y(top * share) + 4, text, anchor="end"))
        written = every * (2 if size <= NARROW else 1)
        for place, word in enumerate(axis):
            if place % written == 0:
                body.append(words(left + step * place, low + 16, word, anchor="middle"))
        ends: list[float] = []
        for curve in sorted(curves, key=_last):  # so that names stand in the order of their lines
            body += _curve(curve, left, step, y, ends)
        return drawing(size, 200, label, body)

    return Chart(label, at(width), at(NARROW), head, tuple(rows))


def sides(
    items: Sequence[Bar],
    *,
    label: str,
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    width: int = 1204,
) -> Chart:
    """Bars from a middle line: what is above zero to the right, what is below to the left."""
    top = max([1, *(abs(one.value) for one in items)])

    def at(size: int) -> str:
        is_small = size <= NARROW
        left, right = (110, 70) if is_small else (250, 110)
        middle = left + (size - left - right) / 2
        scale = (size - left - right) / 2 / top
        high = ROW * max(1, len(items)) + 8
        body = [f'<path class="s-control" d="M{num(middle)} 0V{high}"/>']
        for place, one in enumerate(items):
            y = 4 + ROW * place
            long = max(1.0, scale * abs(one.value))
            start = middle if one.value > 0 else middle - long
            letters = 16 if is_small else 36
            name = one.name if len(one.name) <= letters else one.name[: letters - 1] + "…"
            body += [
                words(0, y + 12, name, "t-ink2", size=12),
                f'<path class="s-line" d="M0 {num(y + 17)}H{size}"/>',
                f'<rect class="f-{one.paint}" x="{num(start)}" y="{num(y + 3)}"'
                f' width="{num(long)}" height="10"/>',
                words(size, y + 12, one.text, "t-ink", "end", 12),
            ]
        return drawing(size, high, label, body)

    return Chart(label, at(width), at(NARROW), head, tuple(rows))


def top_of(curves: Sequence[Curve]) -> float:
    """A round number above all of them."""
    return nice_top(max([0.0, *(v for one in curves for v in one.values if v is not None)]))


def _last(curve: Curve) -> float:
    return next((value for value in reversed(curve.values) if value is not None), 0.0)


def _bar(one: Bar, y: float, left: int, scale: float, size: int, letters: int) -> str:
    name = one.name if len(one.name) <= letters * 2 else one.name[: letters * 2 - 1] + "…"
    long = max(1.0, scale * one.value) if one.value else 0
    drawn = words(0, y + 12, name, "t-ink2", size=12)
    drawn += f'<path class="s-line" d="M{left} {num(y + 17)}H{size}"/>'
    if one.value:
        drawn += (
            f'<rect class="f-{one.paint}" x="{left}" y="{num(y + 3)}" width="{num(long)}"'
            ' height="10"/>'
        )
    if one.held:
        drawn += (
            f'<rect fill="url(#hatch)" x="{num(left + long)}" y="{num(y + 3)}"'
            f' width="{num(max(1.0, scale * one.held))}" height="10"/>'
        )
    if one.most is not None:
        drawn += (
            f'<path class="s-ink" d="M{num(left + scale * one.most)} {num(y)}v16"'
            ' stroke-width="1.5"/>'
        )
    return drawn + words(size, y + 12, one.text, "t-ink", "end", 12)


def _curve(
    curve: Curve, left: int, step: float, y: Callable[[float], float], ends: list[float]
) -> list[str]:
    at = [
        (left + step * place, y(value))
        for place, value in enumerate(curve.values)
        if value is not None
    ]
    if not at:
        return []
    path = "M" + "L".join(f"{num(x)} {num(v)}" for x, v in at)
    thick = "1" if curve.is_faint else "2"
    dots = ' stroke-dasharray="2 4"' if curve.is_dotted else ""
    fade = ' opacity=".55"' if curve.is_faint else ""
    drawn = [
        f'<path class="s-{curve.flow}" d="{path}" fill="none" stroke-width="{thick}"{dots}{fade}/>'
    ]
    if not curve.text:
        return drawn
    x, v = at[-1]
    room = v + 4
    while any(abs(room - other) < 13 for other in ends):
        room -= 13
    ends.append(room)
    drawn.append(f'<circle class="f-{curve.flow}" cx="{num(x)}" cy="{num(v)}" r="2.5"/>')
    drawn.append(words(x + 7, room, curve.text, "t-ink halo"))
    return drawn
