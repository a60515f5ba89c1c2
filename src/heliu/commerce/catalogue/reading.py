"""How a typed text is understood: as it stands, else with slips mended, else by most of its words.

Pure: makes the questions that `sql/catalogue_seek.sql` answers. A question is a list of terms; a
term has ways to be met (`any`, each a list of LIKE patterns that must all hold) and an order of how
well it is met (`best`, better ones first).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from heliu.commerce.catalogue.policies import HAN, folded, pairs, pinyin_of, squeezed
from heliu.kernel.errors import Invalid

MOST_TERMS = 12
"""More words than anybody types; what comes after them is not asked."""
ENOUGH = 0.4
"""Of what was typed, the share that must be met when not all of it is."""
FILTER = re.compile(r"(family|category|a\.[a-z][a-z0-9_]*)=.+")
NUMBER = r"-?\d{1,12}(\.\d{1,6})?"
BETWEEN = re.compile(rf"a\.[a-z][a-z0-9_]*:(?!\.\.$)({NUMBER})?\.\.({NUMBER})?")
MENDABLE = 4
"""Letters a word must have for a slip in it to be mended."""


class Way(StrEnum):
    """How the goods that were found answer to what was typed."""

    AS_TYPED = "as-typed"
    MENDED = "mended"
    MOST = "most"


@dataclass(frozen=True)
class Term:
    """A Latin word, squeezed, or a run of Chinese."""

    word: str
    is_han: bool


@dataclass(frozen=True)
class Question:
    """What is asked of the search table; `least` terms must be met."""

    way: Way
    terms: tuple[Mapping[str, list[list[str]]], ...]
    least: int

    @property
    def json(self) -> str:
        """The terms as the database reads them."""
        return json.dumps(self.terms, ensure_ascii=False)


NOTHING_TYPED = Question(Way.AS_TYPED, (), 0)


def is_filter(one: str) -> bool:
    """Whether a text is a filter: `key=value`, or of numbers `key:from..to` with an end open."""
    return bool(FILTER.fullmatch(one) or BETWEEN.fullmatch(one))


def check_filters(filters: Sequence[str]) -> None:
    """Raises `Invalid` for the first that is no filter; one that nothing has is a filter too."""
    for one in filters:
        if not is_filter(one):
            raise Invalid(
                "filter-unknown",
                "%(filter)s is no filter.",
                field="filter",
                help="Filters are a.colour=red, category=cups, family=air or a.height:5..9.",
                filter=one,
            )


def terms_of(text: str) -> tuple[Term, ...]:
    """The terms of a typed text in their order, each once."""
    found: list[Term] = []
    for word in folded(text).split():
        runs = HAN.findall(word)
        found += [Term(run, True) for run in runs]
        latin = squeezed(HAN.sub(" ", word) if runs else word)
        if latin:
            found.append(Term(latin, False))
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def as_typed(terms: Sequence[Term]) -> Question:
    """All terms as they stand. Latin words of three letters and more may stand inside a word
    (35gw), shorter ones begin one; Chinese is asked for by its pairs."""
    return Question(Way.AS_TYPED, tuple(_plainly(term) for term in terms), len(terms))


def mended(terms: Sequence[Term], near: Mapping[str, Sequence[str]]) -> Question:
    """All terms, each as it stands, as a word one slip away (`near`), or, if Chinese, as something
    that sounds the same (波店 is 波点)."""
    return Question(Way.MENDED, tuple(_widely(term, near) for term in terms), len(terms))


def most(terms: Sequence[Term], near: Mapping[str, Sequence[str]]) -> Question:
    """Most of the terms; of Chinese most of its characters, better in pairs."""
    units = []
    for term in terms:
        if not term.is_han:
            units.append(_widely(term, near))
            continue
        units += [_one([[f"% {sign}%"]]) for sign in term.word]
        units += [_one([[f"% {pair} %"]]) for pair in pairs(term.word)[:-1]]
    return Question(Way.MOST, tuple(units), ceil(len(units) * ENOUGH))


def to_mend(terms: Sequence[Term]) -> list[str]:
    """The Latin words to look for others near to: those typed, and how the Chinese ones sound."""
    words = [spelled(term) for term in terms]
    return list(dict.fromkeys(word for word in words if len(word) >= MENDABLE))


def spelled(term: Term) -> str:
    """A term in Latin letters."""
    return "".join(pinyin_of(term.word)) if term.is_han else term.word


def _plainly(term: Term) -> Mapping[str, list[list[str]]]:
    if term.is_han:
        return _one([[f"% {pair} %" for pair in pairs(term.word)[:-1]] or [f"% {term.word}%"]])
    whole, begins = [f"% {term.word} %"], [f"% {term.word}%"]
    if len(term.word) <= 2:
        return {"any": [begins], "best": [whole, begins]}
    inside = [f"%{term.word}%"]
    return {"any": [inside], "best": [whole, begins, inside]}


def _widely(term: Term, near: Mapping[str, Sequence[str]]) -> Mapping[str, list[list[str]]]:
    plain, latin = _plainly(term), spelled(term)
    others = [[f"% {word} %"] for word in near.get(latin, ())]
    if term.is_han:
        others = [[f"%{latin}%"], *others] if len(term.word) > 1 else []
    return {"any": plain["any"] + others, "best": plain["best"] + others}


def _one(ways: list[list[str]]) -> Mapping[str, list[list[str]]]:
    return {"any": ways, "best": ways}


class Reason(StrEnum):
    """By what an article was found."""

    ALL = "all"
    CODE = "code"
    NAME = "name"
    SOUND = "sound"
    TOLD = "told"
    MENDED = "mended"
    MOST = "most"


def why(
    text: str, question: Question, *, code: str, barcode: str, name: str, name_zh: str
) -> Reason:
    """By what an article that answers a question was found: its code, its name, how the name
    sounds, what else is told of it (family, values, words that mean the same), or at a distance."""
    typed = folded(text)
    if not question.terms:
        return Reason.ALL
    if typed == folded(barcode) or folded(code).startswith(typed):
        return Reason.CODE
    if question.way is not Way.AS_TYPED:
        return Reason.MENDED if question.way is Way.MENDED else Reason.MOST
    names = f"{folded(name)} {squeezed(name)} {folded(name_zh)} {squeezed(code)}"
    missing = [term.word for term in terms_of(text) if term.word not in names]
    if not missing:
        return Reason.NAME
    spelled_out = " ".join("".join(pinyin_of(run)) for run in HAN.findall(name_zh))
    first = " ".join("".join(s[0] for s in pinyin_of(run)) for run in HAN.findall(name_zh))
    heard = all(word in spelled_out or word in first for word in missing)
    return Reason.SOUND if heard else Reason.TOLD
