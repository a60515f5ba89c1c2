"""Drawings that stand in for photos in the demo: a shape for each family, in colour and pattern."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw

SIZE, FINE = 320, 2  # drawn twice as large, then made small, so that edges are smooth
EDGE = SIZE * FINE
INK = "#42524F"
PAINT = {
    "red": "#C8403A", "blue": "#3E6FA8", "green": "#5B9A68", "pink": "#E29AAE", "white": "#F4F2EC",
    "black": "#3A3F42", "silver": "#B9C0C4", "gold": "#C9A24B", "cream": "#F0E4C4",
    "ivory": "#F2EAD8", "purple": "#83659B", "orange": "#E08A45", "yellow": "#E6C451",
    "grey": "#9AA3A3", "natural": "#D8C3A0", "brown": "#8B6748",
}  # fmt: skip
PLAIN = "#A9BDB8"

Box = tuple[float, float, float, float]
SHAPES: dict[str, tuple[tuple[str, Box], ...]] = {
    "tableware": (("arc", (.70, .36, .90, .62)), ("bowl", (.16, .28, .78, .78))),
    "kitchen": (("box", (.24, .30, .76, .82)), ("box", (.40, .16, .60, .30))),
    "bags": (("arc", (.34, .10, .66, .52)), ("box", (.18, .32, .82, .88))),
    "party": (("tip", (.20, .12, .80, .84)),),
    "cards": (("box", (.14, .26, .86, .76)),),
    "lights": (("oval", (.43, .08, .57, .28)), ("box", (.36, .28, .64, .66)),
               ("bowl", (.20, .58, .80, .88))),
    "doormats": (("box", (.08, .30, .92, .74)),),
    "decor": (("oval", (.18, .18, .82, .82)),),
    "home": (("box", (.16, .40, .84, .84)), ("box", (.12, .24, .88, .40))),
    "comfort": (("oval", (.24, .24, .76, .90)), ("box", (.42, .10, .58, .28))),
    "toys": (("box", (.14, .44, .86, .76)), ("oval", (.20, .68, .40, .88)),
             ("oval", (.60, .68, .80, .88))),
    "garden": (("tip", (.30, .10, .70, .48)), ("bowl", (.20, .44, .80, .90))),
}  # fmt: skip


@lru_cache(maxsize=256)
def draw(family: str, colour: str, pattern: str) -> bytes:
    """A PNG of a thing of a family."""
    shape = Image.new("L", (EDGE, EDGE), 0)
    line = Image.new("L", (EDGE, EDGE), 0)
    for kind, box in SHAPES.get(family, SHAPES["cards"]):
        _form(ImageDraw.Draw(shape), kind, box, fill=255, width=0)
        # What is drawn later lies in front: it covers the lines behind it.
        _form(ImageDraw.Draw(line), kind, box, fill=0, width=5 * FINE)
    ground = Image.new("RGB", (EDGE, EDGE), "#FFFFFF")
    ground.paste(_cloth(PAINT.get(colour, PLAIN), pattern), mask=shape)
    ground.paste(INK, mask=line)
    made = io.BytesIO()
    ground.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(made, "PNG", optimize=True)
    return made.getvalue()


def _form(pen: ImageDraw.ImageDraw, kind: str, box: Box, *, fill: int, width: int) -> None:
    left, top, right, bottom = (place * EDGE for place in box)
    outline = 255 if width else None
    if kind == "box":
        pen.rounded_rectangle((left, top, right, bottom), EDGE * 0.03, fill, outline, width)
    elif kind == "oval":
        pen.ellipse((left, top, right, bottom), fill, outline, width)
    elif kind == "arc":
        pen.arc((left, top, right, bottom), 0, 360, 255, 9 * FINE if width else 0)
    elif kind == "tip":
        points = [(left, bottom), ((left + right) / 2, top), (right, bottom)]
        pen.polygon(points, fill, outline, max(width, 1))
    else:  # a bowl: the lower half of an oval whose middle is its rim
        pen.chord((left, 2 * top - bottom, right, bottom), 0, 180, fill, outline, max(width, 1))


def _cloth(paint: str, pattern: str) -> Image.Image:
    """A sheet of a colour with its pattern in a lighter one, on white and cream in a darker."""
    sheet = Image.new("RGB", (EDGE, EDGE), paint)
    pen = ImageDraw.Draw(sheet)
    light = sum(Image.new("RGB", (1, 1), paint).getpixel((0, 0)) or ()) > 620  # type: ignore[arg-type]
    over, step = ("#9FB0AC" if light else "#FFFFFF"), 64
    for row, y in enumerate(range(0, EDGE + step, step)):
        for x in range(-step * (row % 2) // 2, EDGE + step, step):
            spot = (x, y)
            if pattern in ("spots", "fruit", "skulls", "animals"):
                pen.ellipse((x + 14, y + 14, x + 42, y + 42), over)
            elif pattern in ("flowers", "paisley"):
                for dx, dy in ((0, 10), (20, 10), (10, 0), (10, 20)):
                    pen.ellipse((x + dx + 8, y + dy + 8, x + dx + 24, y + dy + 24), over)
            elif pattern == "hearts":
                pen.ellipse((x + 10, y + 10, x + 30, y + 30), over)
                pen.ellipse((x + 26, y + 10, x + 46, y + 30), over)
                pen.polygon([(x + 11, y + 24), (x + 45, y + 24), (x + 28, y + 46)], over)
            elif pattern == "stars":
                pen.regular_polygon((*spot, 16), 3, fill=over)
                pen.regular_polygon((*spot, 16), 3, rotation=180, fill=over)
        if pattern == "stripes":
            pen.rectangle((0, y, EDGE, y + step // 2), over)
    if pattern == "checks":
        for place in range(0, EDGE, step):
            pen.rectangle((place, 0, place + 20, EDGE), over)
            pen.rectangle((0, place, EDGE, place + 20), over)
    return sheet
