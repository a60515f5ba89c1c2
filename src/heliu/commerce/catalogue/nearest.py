"""Did you mean: the codes that lie closest to one that is not there. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from heliu.commerce.catalogue.policies import squeezed

LONGEST = 40
ALIKE = 0.6


class Nearest:
    """Finds codes by one slip (a sign too many, too few, wrong or swapped) or by their beginning.

    Made once for a seller's codes. A slip is found by leaving out one sign on either side, so a
    question costs a few look-ups however many codes there are.
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self._codes = sorted((squeezed(code)[:LONGEST], code) for code in codes)
        self._slips: defaultdict[str, list[str]] = defaultdict(list)
        for key, code in self._codes:
            for variant in _one_left_out(key):
                self._slips[variant].append(code)
        self.to = lru_cache(maxsize=None)(self._to)

    def _to(self, typed: str, most: int = 3) -> tuple[str, ...]:
        """The closest codes, best first; none when nothing is alike."""
        key = squeezed(typed)[:LONGEST]
        if not key:
            return ()
        slips = {code for variant in _one_left_out(key) for code in self._slips.get(variant, ())}
        here = bisect_left(self._codes, (key, ""))
        near = {code for _, code in self._codes[max(0, here - 2) : here + 3]}
        ranked = sorted((-_likeness(key, squeezed(code)), code) for code in slips | near)
        # One slip is alike, whatever the measure says of signs that repeat.
        return tuple(code for likeness, code in ranked if -likeness >= ALIKE or code in slips)[
            :most
        ]


def _one_left_out(key: str) -> set[str]:
    return {key} | {key[:n] + key[n + 1 :] for n in range(len(key))}


def _likeness(typed: str, code: str) -> float:
    """How alike two squeezed codes are, 0 to 1; the beginning of a code is nearly the code."""
    if len(typed) > 2 and code.startswith(typed):
        return 0.99
    return SequenceMatcher(None, typed, code, autojunk=False).ratio()
