"""Make the queries by which search is judged, from the names of the demo's 400 real articles.

    python scripts/make_search_queries.py > tests/commerce/search_queries.tsv

Each query is made from one article by one rule and must find that article among the first ten.
What a query is taken from is always so distinctive that at most ten articles have it (`FEW`);
otherwise nobody could say which is meant. Chance comes from a seed, so the file can be made again.

rule        what is typed
code        the code, in small or full-width letters
words       two or three words of the English name, in another order
typo        the first words of the English name, in one of them a slip: a letter too many, too few,
            wrong or swapped with its neighbour
han         three to six characters of the Chinese name that stand together
sound       the same with one character replaced by another that sounds the same
wrong-sign  the same with one character replaced by any other
pinyin      three to five characters spelled, written as one word or by syllables
pinyin-typo the same as one word with one letter slipped
initials    the first letters of four to seven characters
synonym     words of a name, one replaced by another that means the same (SAME: written for this
            file, not taken from the product)
mixed       an English word and two Chinese characters of one name
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterator

from pypinyin import lazy_pinyin

from heliu.demo.sample import Sku, load

FEW = 10
HOW_MANY = {
    "code": 12, "words": 24, "typo": 32, "han": 20, "sound": 16, "wrong-sign": 10, "pinyin": 20,
    "pinyin-typo": 10, "initials": 16, "synonym": 30, "mixed": 10,
}  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]+")
LATIN = re.compile(r"[a-z]{3,}")
SAME = {
    "cup": "mug", "bowl": "basin", "napkins": "serviettes", "umbrella": "parasol",
    "cushion": "pillow", "doormat": "floor mat", "spotty": "polka dot", "small": "mini",
    "large": "big", "tin": "canister", "plate": "dish", "bottle": "flask", "wooden": "timber",
    "jumbo": "giant", "set": "kit", "sign": "plaque", "box": "case", "ceramic": "porcelain",
    "杯": "马克杯", "盘": "碟子", "午餐袋": "便当袋", "热水袋": "暖水袋", "烛台": "蜡烛台",
    "门垫": "地垫", "抱枕": "靠枕", "餐巾纸": "纸巾", "创可贴": "创口贴", "挂牌": "牌子",
    "笔记本": "记事本", "雨伞": "伞", "铁皮": "金属", "收纳": "储物", "午餐盒": "饭盒",
}  # fmt: skip

Rule = Callable[[Sku, random.Random], str]


class Maker:
    """The rules, over all names."""

    def __init__(self, skus: tuple[Sku, ...]) -> None:
        self.skus = skus
        self.signs = sorted({sign for sku in skus for sign in "".join(HAN.findall(sku.name_zh))})

    def few(self, has: Callable[[Sku], bool]) -> bool:
        return sum(map(has, self.skus)) <= FEW

    def code(self, sku: Sku, chance: random.Random) -> str:
        small = sku.code.lower()
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in sku.code)
        return chance.choice((small, wide))

    def _words(self, sku: Sku, chance: random.Random) -> list[str]:
        words = list(dict.fromkeys(LATIN.findall(sku.name.lower())))
        if len(words) < 2:
            return []
        picked = chance.sample(words, min(len(words), chance.choice((2, 3))))
        return picked if self.few(lambda one: all(w in one.name.lower() for w in picked)) else []

    def words(self, sku: Sku, chance: random.Random) -> str:
        return " ".join(self._words(sku, chance))

    def typo(self, sku: Sku, chance: random.Random) -> str:
        words = LATIN.findall(sku.name.lower())[:4]
        long = [word for word in words if len(word) >= 5]
        if (
            len(words) < 2
            or not long
            or not self.few(lambda one: all(w in one.name.lower() for w in words))
        ):
            return ""
        return " ".join(words).replace(long[0], slipped(long[0], chance), 1)

    def _run(self, sku: Sku, chance: random.Random, least: int, most: int) -> str:
        runs = [run for run in HAN.findall(sku.name_zh) if len(run) >= least]
        if not runs:
            return ""
        run = chance.choice(runs)
        size = min(chance.randint(least, most), len(run))
        start = chance.randint(0, len(run) - size)
        part = run[start : start + size]
        return part if self.few(lambda one: part in one.name_zh) else ""

    def han(self, sku: Sku, chance: random.Random) -> str:
        return self._run(sku, chance, 3, 6)

    def sound(self, sku: Sku, chance: random.Random) -> str:
        part = self._run(sku, chance, 3, 6)
        for place in chance.sample(range(len(part)), len(part)):
            said = lazy_pinyin(part[place])
            same = [one for one in self.signs if one != part[place] and lazy_pinyin(one) == said]
            if same:
                return part[:place] + chance.choice(same) + part[place + 1 :]
        return ""

    def wrong_sign(self, sku: Sku, chance: random.Random) -> str:
        part = self._run(sku, chance, 4, 6)
        if not part:
            return ""
        place = chance.randrange(len(part))
        return part[:place] + chance.choice(self.signs) + part[place + 1 :]

    def _spelled(self, sku: Sku, chance: random.Random) -> list[str]:
        part = self._run(sku, chance, 3, 5)
        whole = "".join(lazy_pinyin(part))
        said = {one.code: "".join(lazy_pinyin(one.name_zh)) for one in self.skus}
        return lazy_pinyin(part) if part and self.few(lambda o: whole in said[o.code]) else []

    def pinyin(self, sku: Sku, chance: random.Random) -> str:
        return chance.choice(("", " ")).join(self._spelled(sku, chance))

    def pinyin_typo(self, sku: Sku, chance: random.Random) -> str:
        whole = "".join(self._spelled(sku, chance))
        return slipped(whole, chance) if whole else ""

    def initials(self, sku: Sku, chance: random.Random) -> str:
        part = self._run(sku, chance, 4, 7)
        first = "".join(syllable[0] for syllable in lazy_pinyin(part))

        def has(one: Sku) -> bool:
            return any(
                first in "".join(syllable[0] for syllable in lazy_pinyin(run))
                for run in HAN.findall(one.name_zh)
            )

        return first if part and self.few(has) else ""

    def synonym(self, sku: Sku, chance: random.Random) -> str:
        words = LATIN.findall(sku.name.lower())
        options = []
        for word in [word for word in words if word in SAME]:
            others = [one for one in words if one != word][:2]
            options.append([SAME[word], *others])
        for word, other in SAME.items():
            if HAN.match(word) and word in sku.name_zh:
                rest = [run for run in HAN.findall(sku.name_zh.replace(word, " ")) if len(run) > 1]
                options.append([other, *rest[:1]])
        options = [one for one in options if len(one) > 1]
        if not options:
            return ""
        picked = chance.choice(options)
        kept = picked[1:]
        is_few = self.few(lambda o: all(w in o.name.lower() or w in o.name_zh for w in kept))
        return " ".join(picked) if is_few else ""

    def mixed(self, sku: Sku, chance: random.Random) -> str:
        words = LATIN.findall(sku.name.lower())
        runs = [run for run in HAN.findall(sku.name_zh) if len(run) > 1]
        if not words or not runs:
            return ""
        word, han = chance.choice(words), chance.choice(runs)[:2]
        is_few = self.few(lambda o: word in o.name.lower() and han in o.name_zh)
        return f"{word} {han}" if is_few else ""


def slipped(word: str, chance: random.Random) -> str:
    """A word with one slip that changes it."""
    place = chance.randrange(1, len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    made = chance.choice((
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    ))  # fmt: skip
    return made if made != word else slipped(word, chance)


def queries(skus: tuple[Sku, ...], seed: int = 5) -> Iterator[tuple[str, str, str]]:
    """(rule, query, code of the article it was made from), 200 in all."""
    maker, chance = Maker(skus), random.Random(seed)  # noqa: S311
    for rule, how_many in HOW_MANY.items():
        make: Rule = getattr(maker, rule.replace("-", "_"))
        made: dict[str, str] = {}
        while len(made) < how_many:
            sku = chance.choice(skus)
            if query := make(sku, chance):
                made.setdefault(query, sku.code)
        yield from ((rule, query, code) for query, code in made.items())


if __name__ == "__main__":
    from datetime import date

    sys.stdout.write("rule\tquery\tcode\n")
    for row in queries(load(date(2026, 11, 29)).skus):
        sys.stdout.write("\t".join(row) + "\n")
