"""Which words a SKU is found by, and what a typed text asks for. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
PLAIN = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """One spelling for one thing: compatible forms (full-width letters) and case folded.

    Signs nobody sees (direction marks, zero bytes, halves of characters) are left out.
    """
    return seen(unicodedata.normalize("NFKC", text)).casefold().strip()


def seen(text: str) -> str:
    """The text without control, format and unpaired signs; they hide in copied cells."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")


def squeezed(text: str) -> str:
    """Letters and figures only: how a code is typed by somebody in a hurry (kfr35gw)."""
    return "".join(PLAIN.findall(folded(text)))


def words_of(*, code: str, barcode: str, name: str, name_zh: str) -> str:
    """The text a SKU is searched in: words between spaces, each once.

    Code, barcode and the words of the names, squeezed and in their pieces; of each run of Chinese
    its characters in pairs and the last one alone, its pinyin in full, and its initials from each
    character on, so that two letters are enough to begin one (空调: 空调 调 kongtiao kt t).
    """
    # Its dictionary takes a quarter of a second to load, and only entering goods needs it.
    from pypinyin import Style, lazy_pinyin

    words = [folded(code), squeezed(code), folded(barcode)]
    for text in (folded(name), folded(name_zh)):
        for word in HAN.sub(" ", text).split():
            words += [squeezed(word), *PLAIN.findall(word)]
        for run in HAN.findall(text):
            words += pairs(run)
            words.append("".join(lazy_pinyin(run)))
            initials = "".join(lazy_pinyin(run, style=Style.FIRST_LETTER))
            words += [initials[start:] for start in range(len(initials))]
    return f" {' '.join(dict.fromkeys(filter(None, words)))} "


def pairs(run: str) -> list[str]:
    """A run of Chinese as overlapping pairs of characters, and the last character alone."""
    return [*(one + other for one, other in pairwise(run)), run[-1]]


@lru_cache(maxsize=1024)
def patterns(typed: str) -> tuple[str, ...]:
    """What a typed text asks for, as LIKE patterns that must all match; the rarest first.

    Latin words of three letters and more may stand inside a word (35gw), shorter ones begin one;
    Chinese is asked for by its pairs.
    """
    asked: list[str] = []
    for word in folded(typed).split():
        runs = HAN.findall(word)
        for run in runs:
            asked += [f"% {pair} %" for pair in pairs(run)[:-1]] or [f"% {run}%"]
        latin = squeezed(HAN.sub(" ", word) if runs else word)
        if latin:
            asked.append(f"%{latin}%" if len(latin) > 2 else f"% {latin}%")
    return tuple(sorted(dict.fromkeys(asked), key=len, reverse=True))
