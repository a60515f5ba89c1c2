"""Which words a SKU is found by, and what a typed text asks for. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
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
    """The text a SKU is searched in: words between spaces, each once."""
    return line_of([folded(code), squeezed(code), folded(barcode), *words_in(name, name_zh)])


def line_of(words: Iterable[str]) -> str:
    """Words as one text, each once and between spaces."""
    return f" {' '.join(dict.fromkeys(filter(None, words)))} "


def words_in(*texts: str) -> list[str]:
    """The words of some texts: Latin ones squeezed and in their pieces; of each run of Chinese its
    characters in pairs and the last one alone, its pinyin in full, and its initials from each
    character on, so that two letters are enough to begin one (空调: 空调 调 kongtiao kt t)."""
    words: list[str] = []
    for text in map(folded, texts):
        for word in HAN.sub(" ", text).split():
            words += [squeezed(word), *PLAIN.findall(word)]
        for run in HAN.findall(text):
            words += pairs(run)
            syllables = pinyin_of(run)
            words.append("".join(syllables))
            initials = "".join(syllable[0] for syllable in syllables)
            words += [initials[start:] for start in range(len(initials))]
    return words


def pinyin_of(run: str) -> list[str]:
    """The syllables of a run of Chinese, without tones."""
    # Its dictionary takes a quarter of a second to load; most questions do without.
    from pypinyin import lazy_pinyin

    return lazy_pinyin(run)


def alike(texts: Sequence[str], rings: Iterable[Sequence[str]]) -> list[str]:
    """The words that mean the same as what stands in the texts, by rings of synonyms.

    A Latin word of a ring must stand there as a word (its plural too), a Chinese one anywhere.
    """
    line = folded(" ".join(texts))
    words = {form for word in PLAIN.findall(line) for form in (word, word.removesuffix("s"))}
    phrases = f" {' '.join(PLAIN.findall(line))} "
    found: list[str] = []
    for ring in rings:
        if any(_stands(folded(one), words, phrases, line) for one in ring):
            found += [one for one in ring if folded(one) not in line]
    return found


def _stands(one: str, words: set[str], phrases: str, line: str) -> bool:
    if HAN.search(one):
        return one in line
    return f" {one} " in phrases if " " in one else one in words


def pairs(run: str) -> list[str]:
    """A run of Chinese as overlapping pairs of characters, and the last character alone."""
    return [*(one + other for one, other in pairwise(run)), run[-1]]
