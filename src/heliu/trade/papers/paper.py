"""What a paper is made of, whichever it is, and how it becomes a PDF."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heliu.kernel.language import is_chinese
from heliu.kernel.typeset import qr_code, typeset

TEMPLATE = Path(__file__).parent / "paper.typ"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; numbers stand at the right, a wide one takes what room is left."""

    label: str
    is_number: bool = False
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Lines as they are written, with their sum if there is one."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One document in the language that was active when it was made.

    `signed` is the digest of what was signed elsewhere (an agreement, a receipt); without it the
    digest is that of the paper's own content. `page` is where the thing stands on our pages.
    """

    title: str
    number: str
    issuer: str
    page: str
    facts: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = ()
    text: Sequence[str] = ()
    notes: Sequence[str] = ()
    signed: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 by which the paper can be compared with ours."""
        if self.signed:
            return self.signed
        content = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def file_name(self) -> str:
        """What the file is called when it is saved."""
        return "".join(c if c.isalnum() or c in "-." else "-" for c in self.number) + ".pdf"


def language_of(asked: str) -> str:
    """One of our languages: the one that is asked for, else the reader's."""
    for language in (asked, get_language() or ""):
        if language.lower().startswith("zh"):
            return "zh-hans"
        if language.lower().startswith("en"):
            return "en"
    return "en"


def rendered(paper: Paper, origin: str) -> bytes:
    """The paper as PDF; ``origin`` is the house's own address, such as https://heliu.example."""
    address = f"{origin}{paper.page}"
    lang = "zh" if is_chinese() else "en"
    words = {
        "page": _("Page {n} of {of}"),
        "digest": _("SHA-256 of what was signed") if paper.signed else _("SHA-256 of the content"),
        "nothing": _("Nothing in this time."),
    }
    data = {**asdict(paper), "digest": paper.digest, "address": address, "lang": lang}
    return typeset(TEMPLATE, {**data, "words": words, "qr": qr_code(address)})
