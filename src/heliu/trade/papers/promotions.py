"""What promotions gave on orders, as papers name it: the prices stand after them already."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heliu.commerce.pricing import queries
from heliu.kernel.access.actor import Actor
from heliu.trade.papers.documents import amount
from heliu.trade.papers.paper import Column, Table


def promoted(actor: Actor, orders: Mapping[UUID, str]) -> list[Table]:
    """A table of the promotions on these orders (id: number), or none where there were none."""
    rows = [
        (orders[one.order], one.display, _free(one.free), amount(one.off) if one.off else "–")
        for one in queries.given_in(actor, orders)
    ]
    if not rows:
        return []
    columns = [
        Column(_("Order")),
        Column(_("Promotion"), is_wide=True),
        Column(pgettext("promotion", "For free")),
        Column(pgettext("promotion", "Taken off"), is_number=True),
    ]
    return [Table(_("Promotions, within the prices above, CNY"), columns, rows)]


def _free(pieces: int) -> str:
    if not pieces:
        return "–"
    return ngettext("%(n)s piece", "%(n)s pieces", pieces) % {"n": f"{pieces:,}"}
