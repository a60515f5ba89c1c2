"""Small files of each kind."""

from __future__ import annotations

from heliu.demo.pictures import box

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def png(*, mark: bool = True) -> bytes:
    """A picture of a box, with or without a dent."""
    return box(dent=(40, 60) if mark else None)
