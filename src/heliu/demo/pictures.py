"""Drawings that stand for photos in the demo: a box with a dent, and the words that say so."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 160, 120
PAPER, CARD, EDGE, TAPE, MARK = (
    (236, 238, 240), (196, 154, 108), (112, 82, 52), (222, 196, 150), (176, 42, 48),
)  # fmt: skip
LETTERS = {
    "D": "110101101101110", "E": "111100110100111", "M": "101111111101101", "O": "111101101101111",
}  # fmt: skip

type Colour = tuple[int, int, int]


def box(*, dent: tuple[int, int] | None, letters: str = "DEMO") -> bytes:
    """A PNG of a taped box, with a crossed-out dent at (x, y); it says that it is made up."""
    rows = [[PAPER] * WIDTH for _ in range(HEIGHT)]
    _fill(rows, 20, 26, 120, 78, EDGE)
    _fill(rows, 22, 28, 116, 74, CARD)
    _fill(rows, 72, 28, 16, 74, TAPE)
    if dent is not None:
        for step in range(-12, 13):
            for across in (step, -step):
                _fill(rows, dent[0] + step - 1, dent[1] + across - 1, 3, 3, MARK)
    for place, letter in enumerate(letters):
        for dot, is_on in enumerate(LETTERS[letter]):
            if is_on == "1":
                _fill(rows, 50 + place * 16 + dot % 3 * 4, 3 + dot // 3 * 4, 4, 4, MARK)
    return _png(rows)


def _fill(rows: list[list[Colour]], x: int, y: int, width: int, height: int, ink: Colour) -> None:
    for row in rows[y : y + height]:
        row[x : x + width] = [ink] * width


def _png(rows: list[list[Colour]]) -> bytes:
    """The pixels as a PNG of 8-bit RGB (ISO/IEC 15948)."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    lines = b"".join(b"\0" + bytes(part for dot in row for part in dot) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    )
