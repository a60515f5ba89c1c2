"""Release orders as the gate sees them: whose goods, where they lie, until when the code holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.stock import queries as stock
from heliu.logistics.stock.policies import Marked
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.shell.goods import GoodsTold, goods_told
from heliu.portal.ui.parts import Pill
from heliu.portal.warehouse.houses import bin_codes


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release order: its owner, goods and the bins they lie in."""

    order: Any
    owner: str
    goods: GoodsTold
    bins: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a release order: what is to be taken from where, and what was taken so far;
    `first` are the pieces to take of goods that are told apart."""

    line: Any
    bin: str
    picked: int
    first: Sequence[Marked] = ()

    @property
    def left(self) -> int:
        """What is still to be taken, in pieces."""
        return int(self.line.quantity) - self.picked

    @property
    def state(self) -> Pill:
        """Whether the keeper has to go for it."""
        return Pill(_("To take"), "moving") if self.left else Pill(_("Enough"), "quiet")


def release_rows(actor: Actor, orders: Sequence[Any]) -> list[ReleaseRow]:
    """The rows of these orders, in a fixed number of statements."""
    prefetch_related_objects(orders, "lines__sku", "lines__stock_row")
    codes, owners = bin_codes(actor), names(order.taker for order in orders)
    return [
        ReleaseRow(
            order=order,
            owner=order.taker_name or (owners[order.taker].short if order.taker in owners else ""),
            goods=goods_told(order.lines.all()),
            bins=tuple(
                dict.fromkeys(codes.get(line.stock_row.bin, "–") for line in order.lines.all())
            ),
            href=f"{reverse('warehouse_scan')}?for={order.number}",
        )
        for order in orders
    ]


def in_hand(actor: Actor, number: str) -> Any:
    """The release order the keeper is picking for, or None."""
    if not number:
        return None
    return (
        pledges.releases_visible_to(actor)
        .filter(number=number, custodian__in=actor.orgs)
        .select_related("pledge")
        .prefetch_related("lines__sku", "lines__stock_row")
        .first()
    )


def tasks(actor: Actor, order: Any) -> list[Task]:
    """What the keeper has to take for a release order, line by line."""
    codes, taken = bin_codes(actor), _taken(actor, order)
    is_done = order.status == "PICKED_UP"
    traced = {
        line.stock_row_id: line.quantity for line in order.lines.all() if line.stock_row.is_traced
    }
    first = stock.first_to_go(actor, traced) if traced and not is_done else {}
    return [
        Task(
            line,
            codes.get(line.stock_row.bin, "–"),
            line.quantity if is_done else min(line.quantity, taken.get(line.stock_row_id, 0)),
            first.get(line.stock_row_id, ()),
        )
        for line in order.lines.all()
    ]


def _taken(actor: Actor, order: Any) -> dict[UUID, int]:
    """Pieces that were allowed to be taken for the order, by row of goods."""
    taken: dict[UUID, int] = {}
    passed = warehousing.attempts_visible_to(actor).filter(release_order=order.pk, outcome="GO")
    for row, quantity in passed.values_list("stock_row", "quantity"):
        taken[row] = taken.get(row, 0) + quantity
    return taken
