"""Small drawings that stand beside words: shapes of the tones, icons, the mark. No Django.

A drawing names roles by class (``s-commerce``, ``f-sheet``); the stylesheet gives the colour, so
the same string is right by day, by night and on paper.
"""

from collections.abc import Sequence
from html import escape

FLOWS = ("commerce", "capital", "logistics", "information")
"""Lane order, top to bottom and left to right, everywhere."""

TONES = {
    "quiet": '<path d="M1.2 5.4 3.9 8 8.8 2" fill="none" stroke="currentColor"'
    ' stroke-width="1.6"/>',
    "open": '<circle cx="5" cy="5" r="3.7" fill="none" stroke="currentColor" stroke-width="1.4"/>',
    "moving": '<circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M5 1a4 4 0 0 1 0 8z" fill="currentColor"/>',
    "good": '<path d="M1.2 5.4 3.9 8 8.8 2" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "due": '<path d="M5 1 9.4 9H.6z" fill="none" stroke="currentColor" stroke-width="1.4"'
    ' stroke-linejoin="round"/>',
    "bad": '<path d="M3.2.8h3.6l2.4 2.4v3.6L6.8 9.2H3.2L.8 6.8V3.2z" fill="currentColor"/>',
    "bound": '<rect x="1" y="1" width="8" height="8" fill="none" stroke="currentColor"'
    ' stroke-width="1.3"/><path d="M1 5.5 5.5 1M1.4 8.6 8.6 1.4M4.5 9 9 4.5"'
    ' stroke="currentColor" stroke-width="1.1"/>',
}
"""The shape of each tone on a 10-grid. A tone is always shape, word and colour together."""

ICONS = {
    "find": "<circle cx='8.5' cy='8.5' r='5.5'/><path d='m13 13 4.5 4.5'/>",
    "tray": "<path d='M3 11v5h14v-5M3 11l3-7h8l3 7M3 11h4l1 2h4l1-2h4'/>",
    "home": "<path d='M3 9.5 10 4l7 5.5V17H3z'/>",
    "pad": "<path d='M3 5h14M3 10h14M3 15h8'/>",
    "deal": "<path d='M2 4h2c5 0 5 4.5 10 4.5h4M2 16h2c5 0 5-4.5 10-4.5h4M2 10h16'/>",
    "box": "<path d='M3 6.5 10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7'/>",
    "money": "<circle cx='10' cy='10' r='7'/>"
    "<path d='M7 6.5 10 10l3-3.5M10 10v4.5M7.5 10.8h5M7.5 12.9h5'/>",
    "scan": "<path d='M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M6 7v6M9 7v6M11.5 7v6M14 7v6'/>",
    "person": "<circle cx='10' cy='7' r='3.2'/>"
    "<path d='M3.5 17c.8-3.6 3.4-5 6.5-5s5.7 1.4 6.5 5'/>",
    "close": "<path d='m5 5 10 10M15 5 5 15'/>",
    "chevron": "<path d='m7 4 6 6-6 6'/>",
    "calendar": "<path d='M3 5h14v12H3zM3 8.5h14M7 3v4M13 3v4'/>",
    "attach": "<path d='m15.5 9-6 6a3.2 3.2 0 0 1-4.6-4.6l6.6-6.6a2.1 2.1 0 0 1 3 3L8 13.3'/>",
    "print": "<path d='M6 8V3h8v5M6 14H3V8h14v6h-3M6 12h8v5H6z'/>",
}
"""The fourteen icons on a 20-grid, 1.4 px line, never without a word except find, tray, close."""

_MARK = (
    ("commerce", "M2 4h4c7 0 7 6 14 6h10"),
    ("capital", "M2 12h4c7 0 7 2 14 2h10"),
    ("logistics", "M2 20h4c7 0 7-2 14-2h10"),
    ("information", "M2 28h4c7 0 7-6 14-6h10"),
)


def num(value: float) -> str:
    """A coordinate with at most one decimal; drawings stay small and diffs stay readable."""
    return f"{value:.1f}".removesuffix(".0")


def attr(text: object) -> str:
    """Text made safe for an attribute or an element; every word from outside passes here."""
    return escape(str(text), quote=True)


def words(
    x: float, y: float, text: str, paint: str = "t-ink3", anchor: str = "start", size: int = 11
) -> str:
    """Words in a drawing at a point, in the class of their colour."""
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text class="{paint}" x="{num(x)}" y="{num(y)}" font-size="{size}"{side}>'
        f"{attr(text)}</text>"
    )


def drawing(width: int, height: int, label: str, body: Sequence[str]) -> str:
    """A drawing at its true size; ``label`` tells it to whoever hears the page."""
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{attr(label)}">{"".join(body)}</svg>'
    )


def shape(tone: str, size: int = 10) -> str:
    """The shape of a tone. Raises ``KeyError`` for a tone the house does not have."""
    return (
        f'<svg class="tone {tone}" viewBox="0 0 10 10" width="{size}" height="{size}"'
        f' aria-hidden="true">{TONES[tone]}</svg>'
    )


def icon(name: str, size: int = 20) -> str:
    """An icon in the colour of its words. Raises ``KeyError`` for an unknown name."""
    return (
        f'<svg class="icon" viewBox="0 0 20 20" width="{size}" height="{size}" fill="none"'
        ' stroke="currentColor" stroke-width="1.4" stroke-linejoin="round" aria-hidden="true">'
        f"{ICONS[name]}</svg>"
    )


def mark() -> str:
    """The mark: four streams enter apart and leave as one band, in lane order."""
    paths = "".join(f'<path class="s-{flow}" d="{line}"/>' for flow, line in _MARK)
    return (
        '<svg viewBox="0 0 32 32" width="22" height="22" fill="none" stroke-width="4"'
        f' aria-hidden="true">{paths}</svg>'
    )


def meter(used: int, held: int, this: int, limit: int, *, label: str, size: str = "") -> str:
    """A credit limit from left to right: used solid, held hatched, this order striped, free empty.

    Amounts are minor units. What goes over the limit fills the bar and is drawn as bad. ``label``
    says the same in words; ``size`` is empty, ``s`` (top bar) or ``l`` (sheet).
    """
    total = max(limit, used + held + this, 1)
    parts, start = [], 0
    for amount, paint in (
        (used, 'class="used"' if used <= limit else 'class="over"'),
        (held, 'fill="url(#hatch)"'),
        (this, 'fill="url(#stripes)"'),
    ):
        if amount > 0:
            left, width = _share(start, total), _share(amount, total)
            parts.append(f'<rect x="{left}" width="{width}" height="100%" {paint}/>')
            start += amount
    return (
        f'<svg class="{attr(f"meter {size}".strip())}" role="img" aria-label="{attr(label)}">'
        f"{''.join(parts)}</svg>"
    )


def ltv_bar(percent: float, limit: float) -> str:
    """Loan to value as an 84 by 6 bar from 50 % to 92 %, the limit as an ink line."""

    def at(value: float) -> float:
        return min(84.0, max(0.0, (value - 50) * 2))

    near = percent > limit - 2
    hue = "s-bad" if percent > limit else "s-due" if near else "s-act"
    bar = f'<path class="{hue}" d="M0 7h{num(at(percent))}" stroke-width="6"/>'
    return (
        '<svg viewBox="0 0 84 14" width="84" height="14" aria-hidden="true">'
        '<path class="s-line" d="M0 7h84" stroke-width="6"/>'
        f"{bar if at(percent) else ''}"
        f'<path class="s-ink" d="M{num(at(limit))} 1v12" stroke-width="1.5"/></svg>'
    )


def _share(amount: int, total: int) -> str:
    """A part of the whole as a per cent attribute with two decimals, worked in integers."""
    hundredths = amount * 10_000 // total
    return f"{hundredths // 100}.{hundredths % 100:02d}%"
