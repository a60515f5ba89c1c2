"""Goods in a few words, for rows of lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from heliu.portal.ui.formats import count_text


def goods_words(lines: Iterable[Any], *, by_name: bool = False) -> str:
    """What a document is about: one kind of goods and its pieces, or the first and how many more.

    ``lines`` are lines of an order, a shipment, a release, a pledge: each has a ``sku`` and a
    ``quantity``; what lies in two bins is one kind. Where goods are handled they go by their code,
    elsewhere by their name.
    """
    kinds: dict[str, int] = {}
    for line in lines:
        called = str(line.sku.display if by_name else line.sku.code)
        kinds[called] = kinds.get(called, 0) + line.quantity
    if not kinds:
        return ""
    first, *more = kinds
    if not more:
        return f"{first} × {count_text(kinds[first])}"
    return _("%(code)s, %(n)d kinds") % {"code": first, "n": len(kinds)}
