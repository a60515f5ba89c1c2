"""The streams in small: in the margin of the list of facts, and as the glyph of deal lists."""

from collections.abc import Sequence

from heliu.portal.ui.svg import FLOWS, attr, num

MARGIN_WIDTH = 66
MARGIN_LANES = (8, 24, 40, 56)
MARGIN_SPREAD = 2.6
_STRETCH = 'vector-effect="non-scaling-stroke"'

GLYPH_WIDTH = 104
GLYPH_HEIGHT = 22
GLYPH_LANES = (3.0, 8.3, 13.6, 19.0)
GLYPH_STARTS = (0.0, 0.12, 0.42, 0.0)
GLYPH_MEETINGS = ((0.30, (0, 1)), (0.55, (1, 2)), (0.80, (1, 2)))
"""Payment, pledge and release as shares of the width; all four close at the end."""

Row = tuple[Sequence[str], str]
"""The flows of one fact and its kind: done, future or failed."""


def lane_margins(rows: Sequence[Row]) -> list[str]:
    """The margin of every row of a list of facts, in order."""
    return [lane_margin(rows, index) for index in range(len(rows))]


def lane_margin(rows: Sequence[Row], index: int) -> str:
    """One row's piece of the streams turned by 90 degrees, for a row of any height.

    The piece is 66 by 100 and stretched to the row; strokes keep their width. A lane begins at
    its first fact, stops at a refusal, and ends at the last row's node.
    """
    flows, kind = rows[index]
    lanes = sorted(FLOWS.index(flow) for flow in flows)
    middle = sum(MARGIN_LANES[lane] for lane in lanes) / len(lanes)
    pieces = [_margin_lane(rows, index, lane, lanes, middle) for lane in range(4)]
    return (
        f'<svg viewBox="0 0 {MARGIN_WIDTH} 100" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(pieces)}{_margin_node(lanes, middle, kind)}</svg>"
    )


def _margin_lane(
    rows: Sequence[Row], index: int, lane: int, lanes: Sequence[int], middle: float
) -> str:
    above, below = _runs_through(rows, index, lane)
    if not above and not below:
        return ""
    rest = MARGIN_LANES[lane]
    at: float = rest
    if lane in lanes and len(lanes) > 1:
        at = middle + MARGIN_SPREAD * (lanes.index(lane) - (len(lanes) - 1) / 2)
    if at == rest and above and below:
        line = f"M{rest} 0V100"
    elif at == rest:
        line = f"M{rest} 0V50" if above else f"M{rest} 50V100"
    else:
        line = f"M{rest} 0C{rest} 28 {num(at)} 22 {num(at)} 50" if above else f"M{num(at)} 50"
        line += f"C{num(at)} 78 {rest} 72 {rest} 100" if below else ""
    dash = 'stroke-width="2" stroke-dasharray="2 3"'
    edge = dash if rows[index][1] == "future" else 'stroke-width="2.5"'
    return f'<path class="f-none s-{FLOWS[lane]}" d="{line}" {edge} {_STRETCH}/>'


def _runs_through(rows: Sequence[Row], index: int, lane: int) -> tuple[bool, bool]:
    """Whether the lane runs above and below this row's node."""

    def begins(row: int) -> bool:
        flows, kind = rows[row]
        return FLOWS[lane] in flows or (FLOWS[lane] == "information" and kind != "failed")

    def stops(row: int) -> bool:
        flows, kind = rows[row]
        return kind == "failed" and FLOWS[lane] in flows

    running = False
    for row in range(index):
        running = (running or begins(row)) and not stops(row)
    here = running or begins(index)
    return running, here and not stops(index) and index < len(rows) - 1


def _margin_node(lanes: Sequence[int], middle: float, kind: str) -> str:
    if kind == "failed":
        line = f'd="M{num(middle)} 50h.01" stroke-width="11" stroke-linecap="square" {_STRETCH}'
        return f'<path class="f-none s-bad" {line}/>'
    if len(lanes) == 1:
        spot, hue, outer, inner = f"M{num(middle)} 50h.01", FLOWS[lanes[0]], "10", "5.5"
    else:
        wide = MARGIN_SPREAD * (len(lanes) - 1)
        spot = f"M{num(middle - wide / 2)} 50h{num(wide)}"
        hue, outer, inner = "ink", "11", "7"
    ends = f'stroke-linecap="round" {_STRETCH}'
    return (
        f'<path class="f-none s-{hue}" d="{spot}" stroke-width="{outer}" {ends}/>'
        f'<path class="f-none s-sheet" d="{spot}" stroke-width="{inner}" {ends}/>'
    )


def stream_glyph(progress: float, label: str) -> str:
    """A deal's way in 104 by 22: grey all along, in hue as far as it has come.

    ``progress`` is the share from 0 to 1; ``label`` says the next step. Needs ``shared_defs`` once
    on the page.
    """
    passed = min(1.0, max(0.0, progress)) * GLYPH_WIDTH
    hues = "".join(
        f'<use href="#lane-{flow}" class="s-{flow}" stroke-width="1.7"/>' for flow in FLOWS
    )
    grey = "".join(f'<use href="#lane-{flow}"/>' for flow in FLOWS)
    return (
        f'<svg viewBox="0 0 {GLYPH_WIDTH} {GLYPH_HEIGHT}" width="{GLYPH_WIDTH}"'
        f' height="{GLYPH_HEIGHT}" fill="none" role="img" aria-label="{attr(label)}">'
        f'<g class="s-line2" stroke-width="1.2">{grey}</g>'
        # A nested svg clips what lies beyond its width, so no clip path with an id is needed.
        f'<svg width="{num(passed)}" height="{GLYPH_HEIGHT}">{hues}</svg></svg>'
    )


def shared_defs() -> str:
    """What drawings of a page point at: hatch, stripes and the four lanes of the glyph."""
    lanes = "".join(
        f'<path id="lane-{flow}" d="{_glyph_lane(lane)}"/>' for lane, flow in enumerate(FLOWS)
    )
    return (
        '<svg class="vh" width="0" height="0" aria-hidden="true"><defs>'
        '<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="f-bound-bg" width="4" height="4"/>'
        '<path class="s-bound" d="M0 0v4" stroke-width="1.3"/></pattern>'
        '<pattern id="stripes" width="4" height="4" patternUnits="userSpaceOnUse">'
        f'<path class="s-act" d="M1 0v4" stroke-width="2"/></pattern>{lanes}</defs></svg>'
    )


def _glyph_lane(lane: int) -> str:
    """One lane of the glyph: its start, its meetings and the close of all four."""
    rest = GLYPH_LANES[lane]
    line = f"M{num(2 + 100 * GLYPH_STARTS[lane])} {num(rest)}"
    for share, lanes in GLYPH_MEETINGS:
        if lane not in lanes:
            continue
        x = 2 + 100 * share
        y = sum(GLYPH_LANES[other] for other in lanes) / 2 + 1.8 * (lanes.index(lane) - 0.5)
        line += (
            f"H{num(x - 8)}C{num(x - 4)} {num(rest)} {num(x - 5)} {num(y)} {num(x - 1)} {num(y)}"
            f"H{num(x + 1)}C{num(x + 5)} {num(y)} {num(x + 4)} {num(rest)} {num(x + 8)} {num(rest)}"
        )
    close = sum(GLYPH_LANES) / 4 + 1.7 * (lane - 1.5)
    return f"{line}H90C96 {num(rest)} 94 {num(close)} 101 {num(close)}"
