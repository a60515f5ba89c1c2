"""What a file is: told from its first bytes, never from its name or what its sender says."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest file that is taken."""
LONGEST_NAME = 120


class Kind(NamedTuple):
    """A kind of file, how it begins, and how the names of such files end."""

    content_type: str
    beginning: re.Pattern[bytes]
    endings: tuple[str, ...]


KINDS = (
    # SOI, then the first marker: APPn, a table, a comment or a frame (ITU-T T.81, annex B)
    Kind("image/jpeg", re.compile(rb"\xff\xd8\xff[\xc0-\xc4\xdb\xe0-\xef\xfe]"), (".jpg", ".jpeg")),
    # the signature, then the header chunk of 13 bytes (ISO/IEC 15948, 5.2)
    Kind("image/png", re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", re.DOTALL), (".png",)),
    # a RIFF container of WebP, with one of its three first chunks (RFC 9649)
    Kind("image/webp", re.compile(rb"RIFF.{4}WEBPVP8[ LX]", re.DOTALL), (".webp",)),
    # the header at the very beginning (ISO 32000-2, 7.5.2)
    Kind("application/pdf", re.compile(rb"%PDF-[12]\.\d"), (".pdf",)),
)


def kind_of(content: bytes) -> Kind | None:
    """The kind of these bytes, or None when such files are not taken."""
    return next((kind for kind in KINDS if kind.beginning.match(content)), None)


def clean_name(name: str, kind: Kind) -> str:
    """A name that is safe to show and to save under.

    Without folders and without characters that are not seen or turn the line around. It ends as
    names of its kind do, so that nothing is opened as what it is not.
    """
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    seen = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in last)
    plain = " ".join(re.sub(r'[<>:"|?*]', " ", seen).split())
    stem, ending = plain, kind.endings[0]
    for known in kind.endings:
        if plain.lower().endswith(known):
            stem, ending = plain[: -len(known)], known
    return f"{stem[: LONGEST_NAME - len(ending)].strip('. ') or 'file'}{ending}"
