"""Goods in a few words, for rows of lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from heliu.portal.ui.formats import count_text


def goods_words(lines: Iterable[Any]) -> str:
    """What a document is about: one line's code and pieces, or its first code and how many more.

    ``lines`` are lines of an order, a shipment, a release: each has a ``sku`` and a ``quantity``.
    """
    first, *more = [*lines] or [None]
    if first is None:
        return ""
    if not more:
        return f"{first.sku.code} × {count_text(first.quantity)}"
    return _("%(code)s and %(n)d more") % {"code": first.sku.code, "n": len(more)}
