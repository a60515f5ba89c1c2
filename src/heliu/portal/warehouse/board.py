"""The pledge board: every pledge that binds goods now, worst cover first.

The debt is joined from the loans the desk may see: a lender compares it with the goods, a keeper
sees values and quantities only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from heliu.capital.lending import queries as lending
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.pledges.policies import loan_to_value
from heliu.portal.shell.goods import goods_words

LONG_DAYS = 60


@dataclass(frozen=True, slots=True)
class Bound:
    """A pledge on the board. Money in minor units; ``debt`` is None for who may not see the loan.

    ``limit`` is the loan to value agreed in the loan, in per cent; ``gap`` what the goods are short
    of it. ``cover`` is the loan to value now.
    """

    row: Any
    owner: str
    lender: str
    goods: str
    bins: tuple[str, ...]
    days: int
    debt: int | None = None
    limit: Decimal | None = None
    cover: Decimal | None = None
    gap: int = 0

    @property
    def is_long(self) -> bool:
        """Whether the goods lie for longer than is usual."""
        return self.days >= LONG_DAYS

    @property
    def state(self) -> tuple[str, str]:
        """The words and the tone of the pill."""
        if self.gap:
            return _("Short"), "bad"
        if self.row.ready:
            return _("To be fetched"), "due"
        pledge = self.row.pledge
        return str(pledge.get_status_display()), str(pledge.tone)


def board(actor: Actor, at: datetime) -> list[Bound]:
    """All pledges in force, in a fixed number of statements: gap, then loan to value, then age."""
    rows = pledges.board(actor)
    loans = {
        loan.deal: loan
        for loan in lending.visible_to(actor).filter(deal__in=[row.pledge.deal for row in rows])
    }
    houses = names(org for row in rows for org in (row.pledge.pledgor, row.pledge.pledgee))
    found = [_bound(row, loans.get(row.pledge.deal), houses, at) for row in rows]
    return sorted(
        found, key=lambda one: (-one.gap, -(one.cover or 0), -one.days, one.row.pledge.pk)
    )


def sees_debt(found: Sequence[Bound]) -> bool:
    """Whether the desk may compare debts with goods."""
    return any(one.debt is not None for one in found)


def _bound(row: Any, loan: Any, houses: dict[Any, Any], at: datetime) -> Bound:
    pledge = row.pledge
    about = {
        "row": row,
        "owner": houses[pledge.pledgor].short if pledge.pledgor in houses else "",
        "lender": houses[pledge.pledgee].short if pledge.pledgee in houses else "",
        "goods": goods_words(_merged(row.lines)),
        "bins": tuple(dict.fromkeys(line.bin for line in row.lines if line.bin)),
        "days": (day_of(at) - day_of(pledge.activated_at)).days,
    }
    if loan is None:
        return Bound(**about)
    debt, limit = loan.principal_left, (1 - loan.deposit_ratio) * 100
    carried = int(row.value * limit / 100)
    # A fen lost in rounding the deposit is no shortfall.
    gap = debt - carried if debt - carried >= 100 else 0
    return Bound(**about, debt=debt, limit=limit, cover=loan_to_value(debt, row.value), gap=gap)


@dataclass(slots=True)
class _Merged:
    sku: Any
    quantity: int


def _merged(lines: Sequence[Any]) -> list[_Merged]:
    """The lines of a pledge by goods: what lies in two bins is one kind."""
    kinds: dict[Any, _Merged] = {}
    for one in lines:
        kind = kinds.setdefault(one.line.sku_id, _Merged(one.line.sku, 0))
        kind.quantity += one.quantity
    return list(kinds.values())
