"""Deals as rows of a list: number, party, goods, amount, glyph, state, next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.capital.lending import queries as lending
from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.deal.sides import Side, side_of
from heliu.portal.deal.states import State, next_step, progress, state_of
from heliu.portal.shell.goods import goods_told
from heliu.trade.standing import Next, next_of

# Where what comes next is done by whoever does it.
SHEETS = {"sign": "deal_sign", "repay": "deal_repay", "ship": "deal_ship"}


@dataclass(frozen=True, slots=True)
class DealRow:
    """One line of the list; ``total`` in minor units, ``progress`` from 0 to 1; ``deed`` is where
    the reader does what comes next, or empty when it is another's to do."""

    href: str
    number: str
    at: datetime
    party: str
    goods: str
    total: int | None
    progress: float
    state: State
    next: str
    deed: str = ""
    currency: str = CURRENCY

    @property
    def spoken(self) -> str:
        """What the glyph says to those who do not see it: the next step, else the state."""
        return self.next or self.state[0]


def deal_rows(actor: Actor, found: Sequence[Any]) -> list[DealRow]:
    """The rows of these deals, in five statements for any number."""
    ids = [deal.pk for deal in found]
    orders = (
        ordering.visible_to(actor)
        .prefetch_related("lines__sku")
        .in_bulk([deal.order_id for deal in found])
    )
    loans = {loan.deal: loan for loan in lending.visible_to(actor).filter(deal__in=ids)}
    bound = pledges.of_deals(actor, ids)
    known = names(org for deal in found for org in (deal.buyer, deal.seller))
    rows = []
    for deal in found:
        order, loan, pledge = orders.get(deal.order_id), loans.get(deal.pk), bound.get(deal.pk)
        side = side_of(deal, actor)
        party = known.get(deal.seller if side == "buyer" else deal.buyer)
        rows.append(
            DealRow(
                href=reverse("deal", args=[deal.number]),
                number=order.number if order else deal.number,
                at=deal.opened_at,
                party=party.short if party else "",
                goods=_goods(deal, order),
                total=order.total if order else _lent(loan),
                progress=progress(deal, order, loan, pledge),
                state=state_of(deal, order, loan, pledge),
                next=next_step(side, deal, order, loan, pledge),
                deed=_deed(side, deal, next_of(deal, order, loan, pledge)),
                currency=order.currency if order else CURRENCY,
            )
        )
    return rows


def _goods(deal: Any, order: Any) -> str:
    if order is not None:
        return goods_told(order.lines.all()).words
    return _("Loan against stock") if deal.is_stock else ""


def _lent(loan: Any) -> int | None:
    """What a deal without an order is about: the principal."""
    return loan.principal if loan is not None else None


def _deed(side: Side, deal: Any, step: Next | None) -> str:
    """The sheet on which this reader does the next step; stock loans have pages of their own."""
    if step is None or step.by != side or step.act not in SHEETS or deal.is_stock:
        return ""
    return reverse(SHEETS[step.act], args=[deal.number])
