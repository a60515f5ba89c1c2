"""Goods in a few words, for rows of lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from heliu.portal.ui.formats import count_text


@dataclass(frozen=True, slots=True)
class GoodsTold:
    """What a document is about: `words` for people, and the `code` of the first kind, by which it
    is found on the shelf."""

    words: str
    code: str

    def __str__(self) -> str:
        return self.words


def goods_told(lines: Iterable[Any]) -> GoodsTold:
    """One kind of goods and its pieces by its name, or the first and how many kinds there are.

    ``lines`` are lines of an order, a shipment, a release, a pledge: each has a ``sku`` and a
    ``quantity``; what lies in two bins is one kind.
    """
    kinds: dict[str, int] = {}
    called: dict[str, str] = {}
    for line in lines:
        kinds[line.sku.code] = kinds.get(line.sku.code, 0) + line.quantity
        called.setdefault(line.sku.code, line.sku.display)
    if not kinds:
        return GoodsTold("", "")
    first, *more = kinds
    if more:
        words = _("%(name)s, %(n)d kinds") % {"name": called[first], "n": len(kinds)}
    else:
        words = f"{called[first]} × {count_text(kinds[first])}"
    return GoodsTold(words, first)
