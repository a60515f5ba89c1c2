"""Small charts drawn by the server. Pure drawing, no Django.

Each chart is drawn twice, at the width of its slot and at 358 for phones, because its text is real
pixels and must never be scaled up; the stylesheet shows one. The same numbers come along as a
table. Amounts are plain numbers in the unit the section's remark names; bars start at zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from heliu.portal.ui.svg import drawing, num, words

NARROW = 358


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in both widths; ``label`` tells the finding; ``head`` and ``rows`` are its table."""

    label: str
    wide: str
    narrow: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its name, the bar, the mark on it; None where nothing is known."""

    name: str
    bar: float | None
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due in a span: ``text`` is the amount in short, ``tone`` is capital or bad."""

    name: str
    value: float
    text: str
    tone: str = "capital"


@dataclass(frozen=True, slots=True)
class CoverDays:
    """How many days the stock of a category lasts against its goal; ``tone`` act, due or bad."""

    name: str
    days: float
    goal: float
    text: str
    tone: str = "act"


@dataclass(frozen=True, slots=True)
class Line:
    """A named vertical line of a histogram: a percentile, a limit."""

    at: float
    text: str


def monthly(
    months: Sequence[Month],
    *,
    label: str,
    head: tuple[str, str, str],
    bar_flow: str = "commerce",
    mark_flow: str = "capital",
    width: int = 790,
    every: int = 6,
) -> Chart:
    """Bars by month with a mark on each: bought and repaid, ordered and shipped.

    ``head`` names month, bar and mark for the table; ``every`` n-th month is written below.
    """
    known = [v for month in months for v in (month.bar, month.mark) if v is not None]
    top = nice_top(max(known, default=0))

    def at(size: int) -> str:
        step = (size - 30) / max(1, len(months))
        thick = min(12.0, step * 0.6)
        body = [_grid(top, size)]
        for index, month in enumerate(months):
            x = 34 + step * index
            body.append(_month(month, x, thick, top, bar_flow, mark_flow))
            if index % every == 0:
                body.append(words(x, 118, month.name))
        return drawing(size, 128, label, body)

    rows = tuple((month.name, _cell(month.bar), _cell(month.mark)) for month in months)
    return Chart(label, at(width), at(NARROW), head, rows)


def dues(
    columns: Sequence[Due],
    *,
    label: str,
    head: tuple[str, str],
    short: Callable[[float], str],
    width: int = 790,
) -> Chart:
    """What falls due span by span: a column each, its amount over it where one has room.

    ``short`` writes the marks of the scale as the amounts are written.
    """
    top = nice_top(max([column.value for column in columns], default=0))

    def at(size: int) -> str:
        left, foot = 52, 132
        step = (size - left) / max(1, len(columns))
        thick = min(36.0, step * 0.62)
        body = []
        for share in (0, 0.5, 1):
            y = num(foot - 100 * share)
            body.append(f'<path class="s-line" d="M{left} {y}H{size}"/>')
            body.append(words(left - 8, foot - 100 * share + 4, short(top * share), anchor="end"))
        every = 2 if step < 44 else 1
        for index, column in enumerate(columns):
            middle = left + step * (index + 0.5)
            high = max(2.0, 100 * column.value / top) if column.value else 0
            if high:
                body.append(
                    f'<rect class="f-{column.tone}" x="{num(middle - thick / 2)}"'
                    f' y="{num(foot - high)}" width="{num(thick)}" height="{num(high)}"/>'
                )
                body.append(words(middle, foot - high - 6, column.text, "t-ink halo", "middle"))
            if index % every == 0 or column.tone == "bad":
                body.append(words(middle, foot + 18, column.name, anchor="middle"))
        return drawing(size, foot + 26, label, body)

    rows = tuple((column.name, _cell(column.value)) for column in columns)
    return Chart(label, at(width), at(NARROW), head, rows)


def histogram(
    counts: Sequence[int],
    *,
    start: float,
    bin_width: float,
    label: str,
    head: tuple[str, str],
    lines: Sequence[Line] = (),
    unit: str = "",
    flow: str = "capital",
    width: int = 586,
) -> Chart:
    """How often each span occurred; ``lines`` name percentiles or a limit.

    The bars leave room for the names of two lines, so that no name stands on a bar.
    """
    top = max([*counts, 1])
    end = start + bin_width * len(counts)

    def at(size: int) -> str:
        step = (size - 24) / max(1, len(counts))
        body = [
            f'<rect class="f-{flow}" x="{num(8 + step * index)}" y="{num(150 - 112 * count / top)}"'
            f' width="{num(max(1.0, step - 1))}" height="{num(112 * count / top)}"/>'
            for index, count in enumerate(counts)
            if count
        ]
        body.append(f'<path class="s-control" d="M8 150H{size - 16}"/>')
        for place in range(5):
            x = 8 + (size - 24) * place / 4
            value = _tick(start + (end - start) * place / 4)
            anchor = "start" if place == 0 else "end" if place == 4 else "middle"
            body.append(words(x, 168, f"{value}{unit}" if place == 0 else value, anchor=anchor))
        for place, line in enumerate(lines):
            x = 8 + (size - 24) * (line.at - start) / (end - start)
            y = 10 + 16 * place
            body.append(f'<path class="s-ink" d="M{num(x)} {y - 8}V150" stroke-width="1.2"/>')
            flip = x > size - 90
            near = x - 5 if flip else x + 5
            body.append(words(near, y, line.text, "t-ink halo", "end" if flip else "start"))
        return drawing(size, 176, label, body)

    rows = tuple(
        (f"{_tick(start + bin_width * i)}–{_tick(start + bin_width * (i + 1))}", f"{count:,}")
        for i, count in enumerate(counts)
    )
    return Chart(label, at(width), at(NARROW), head, rows)


def covers(
    items: Sequence[CoverDays], *, label: str, head: tuple[str, str, str], width: int = 330
) -> Chart:
    """Days the stock lasts per category, the goal as an ink line."""
    top = max([value for item in items for value in (item.days, item.goal)], default=1) or 1

    def at(size: int) -> str:
        left, right = 84, 58
        scale = (size - left - right) / top
        body = []
        for index, item in enumerate(items):
            y = 14 + 22 * index
            hue = {"bad": "s-bad", "due": "s-due"}.get(item.tone, "s-act")
            goal = num(left + scale * item.goal)
            body += [
                words(0, y + 4, item.name, "t-ink2", size=12),
                f'<path class="s-line" d="M{left} {y}H{size - right}"/>',
                f'<path class="{hue}" d="M{left} {y}h{num(scale * item.days)}" stroke-width="6"/>',
                f'<path class="s-ink" d="M{goal} {y - 7}v14" stroke-width="1.5"/>',
                words(size, y + 4, item.text, "t-ink", "end", 12),
            ]
        return drawing(size, 22 * len(items) + 6, label, body)

    rows = tuple((item.name, item.text, _cell(item.goal)) for item in items)
    return Chart(label, at(width), at(NARROW), head, rows)


def weight_bar(value: int, largest: int, *, is_two_sided: bool = True) -> str:
    """One reason's weight from a middle line: for solid, against hollow and red.

    ``largest`` is the largest absolute weight of the table, so that bars compare. A table of
    losses alone leaves out the side of the gains.
    """
    share = abs(value) / max(1, largest)
    width = 130 if is_two_sided else 46
    if value >= 0:
        rect = f'<rect class="f-act" x="44" y="2" width="{num(86 * share)}" height="8"/>'
    else:
        rect = (
            f'<rect class="f-none s-bad" x="{num(44 - 43 * share)}" y="2" width="{num(43 * share)}"'
            ' height="8" stroke-width="1.5"/>'
        )
    return (
        f'<svg viewBox="0 0 {width} 12" width="{width}" height="12" aria-hidden="true">'
        f'<path class="s-control" d="M44 0v12"/>{rect}</svg>'
    )


def range_bar(low: float, high: float, least: float, most: float) -> str:
    """From the middle to the slow tenth on one log scale of all rows, the middle as a thick end.

    ``least`` and ``most`` are the ends of the scale, in the unit of the values; all above zero.
    """
    width = 140

    def x(value: float) -> float:
        return 2 + (width - 4) * log10(value / least) / (log10(most / least) or 1)

    end = max(x(high), x(low) + 3)
    return (
        f'<svg viewBox="0 0 {width} 12" width="{width}" height="12" aria-hidden="true">'
        f'<path class="s-line" d="M0 6h{width}"/>'
        f'<path class="s-act" d="M{num(x(low))} 6H{num(end)}" stroke-width="5"/>'
        f'<path class="s-act" d="M{num(x(low))} 1v10" stroke-width="2"/></svg>'
    )


def nice_top(value: float) -> float:
    """The next round number at or above: 1, 2, 5 or 10 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= value)


def _month(month: Month, x: float, thick: float, top: float, bar_flow: str, mark_flow: str) -> str:
    drawn = ""
    if month.bar is not None:
        high = 85 * month.bar / top
        drawn += (
            f'<rect class="f-{bar_flow}" x="{num(x)}" y="{num(100 - high)}" width="{num(thick)}"'
            f' height="{num(high)}"/>'
        )
    if month.mark is not None:
        line = f"M{num(x - 2)} {num(100 - 85 * month.mark / top)}h{num(thick + 4)}"
        drawn += (
            f'<path class="s-sheet" d="{line}" stroke-width="4"/>'
            f'<path class="s-{mark_flow}" d="{line}" stroke-width="2.2"/>'
        )
    return drawn


def _grid(top: float, size: int) -> str:
    """Three hairlines: nothing, half, the top of the scale."""
    lines = ""
    for share in (0, 0.5, 1):
        y = 100 - 85 * share
        lines += f'<path class="s-line" d="M30 {num(y)}H{size}"/>'
        lines += words(24, y + 4, _cell(top * share), anchor="end")
    return lines


def _tick(value: float) -> str:
    """A mark of the scale: at most two decimals, none needless."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _cell(value: float | None) -> str:
    """A number of the table, without a needless decimal; – where nothing is known."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == ceil(value) else f"{value:,.1f}"
