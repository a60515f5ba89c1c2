"""The plan of a warehouse: bins by state, hatch where goods are pledged. Pure drawing, no Django.

Bins are 20 by 15. Every bin is a link with a title; a table of the bins is the text form.
"""

from dataclasses import dataclass

from heliu.portal.ui.svg import attr, num

BIN_WIDTH, BIN_HEIGHT = 20, 15
GAP = 2
ROW_GAP = 10
LEFT, TOP, EDGE = 42, 30, 12
AISLE = 18
PAGE = 1150  # pixels
LARGEST = 2.4  # a small house is not blown up to the width of the page

STATES = {
    "free": "f-sheet s-line2",
    "stock": "f-tint s-control",
    "pledged": "s-bound",
    "released": "f-good-bg s-good",
    "short": "s-bad",
    "closed": "f-ink4 s-control",
}
"""What a bin holds: nothing, free stock, pledged goods, released goods to be fetched, goods whose
pledge is short, or a bin that may not be used."""
_HATCHED = ("pledged", "short")


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin at a place of the grid; ``column`` and ``row`` count from 0.

    ``code`` is the bin's own name, ``title`` what a pointer shows (owner, goods, pledge).
    """

    column: int
    row: int
    state: str
    code: str
    title: str = ""
    href: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class PledgeMap:
    """A plan: bins, the names of the double rows from the top, aisles after which columns."""

    bins: tuple[Bin, ...]
    label: str
    row_names: tuple[str, ...] = ()
    aisles_after: tuple[int, ...] = ()
    doors: tuple[str, ...] = ()


def draw_map(plan: PledgeMap) -> str:
    """The plan; one that is narrower than a page is drawn larger.

    Raises ``KeyError`` for a state the map does not know.
    """
    columns = max((place.column for place in plan.bins), default=0) + 1
    rows = max((place.row for place in plan.bins), default=0) + 1
    width = _x(columns - 1, plan) + BIN_WIDTH + EDGE
    floor = _y(rows - 1) + BIN_HEIGHT + EDGE
    body = [
        '<defs><pattern id="map-hatch" width="3.6" height="3.6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="f-bound-bg" width="3.6" height="3.6"/>'
        '<path class="s-bound" d="M0 0v3.6" stroke-width="1.25"/></pattern></defs>',
        f'<rect class="f-none s-ink2" x="{LEFT - EDGE}" y="{TOP - EDGE}"'
        f' width="{width - LEFT + EDGE}" height="{floor - TOP + EDGE}" stroke-width="1.5"/>',
        *(_row_name(index, name) for index, name in enumerate(plan.row_names)),
        *(_bin(place, plan) for place in plan.bins),
        *_selection(plan),
        *_doors(plan, width, floor),
    ]
    height = floor + (28 if plan.doors else 4)
    return (
        f'<svg viewBox="0 0 {width + 1} {height}" width="{_shown(width + 1)}" role="group"'
        f' aria-label="{attr(plan.label)}">'
        f"{''.join(body)}</svg>"
    )


def _shown(width: int) -> int:
    """How wide a plan of this many units is drawn, in pixels."""
    return max(width, min(round(width * LARGEST), PAGE))


def _x(column: int, plan: PledgeMap) -> int:
    aisles = sum(1 for after in plan.aisles_after if column > after)
    return LEFT + column * (BIN_WIDTH + GAP) + aisles * AISLE


def _y(row: int) -> int:
    """Rows stand back to back in pairs, with a way between the pairs."""
    return TOP + row * (BIN_HEIGHT + 1) + (row // 2) * ROW_GAP


def _row_name(index: int, name: str) -> str:
    return (
        f'<text class="t-ink2" x="{LEFT - EDGE - 10}" y="{_y(2 * index) + 20}" font-size="12"'
        f' font-weight="600" text-anchor="end">{attr(name)}</text>'
    )


def _bin(place: Bin, plan: PledgeMap) -> str:
    paint = f'class="{STATES[place.state]}"'
    if place.state in _HATCHED:
        paint += ' fill="url(#map-hatch)"'
    edge = "2" if place.state == "short" else ".8"
    said = attr(f"{place.code} {place.title}".strip())
    rect = (
        f'<rect {paint} x="{_x(place.column, plan)}" y="{_y(place.row)}" width="{BIN_WIDTH}"'
        f' height="{BIN_HEIGHT}" stroke-width="{edge}"/>'
    )
    if not place.href:
        return f"<g><title>{said}</title>{rect}</g>"
    return f'<a href="{attr(place.href)}" aria-label="{said}"><title>{said}</title>{rect}</a>'


def _selection(plan: PledgeMap) -> list[str]:
    """A 2 px ink outline round each run of selected bins in a row."""
    chosen = sorted((place.row, place.column) for place in plan.bins if place.selected)
    runs: list[tuple[int, int, int]] = []
    for row, column in chosen:
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1] = (row, runs[-1][1], column)
        else:
            runs.append((row, column, column))
    return [
        f'<rect class="f-none s-ink" x="{_x(first, plan) - 1}" y="{_y(row) - 1}"'
        f' width="{_x(last, plan) - _x(first, plan) + BIN_WIDTH + 2}" height="{BIN_HEIGHT + 2}"'
        ' stroke-width="2"/>'
        for row, first, last in runs
    ]


def _doors(plan: PledgeMap, width: int, floor: int) -> list[str]:
    if not plan.doors:
        return []
    step = (width - LEFT + EDGE) / len(plan.doors)
    middles = [LEFT - EDGE + step * (index + 0.5) for index in range(len(plan.doors))]
    return [
        f'<path class="s-sheet" d="M{num(x - step * 0.23)} {floor}h{num(step * 0.46)}"'
        ' stroke-width="3"/>'
        f'<text class="t-ink2" x="{num(x)}" y="{floor + 18}" font-size="12" text-anchor="middle">'
        f"{attr(name)}</text>"
        for x, name in zip(middles, plan.doors, strict=True)
    ]
