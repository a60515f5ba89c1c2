"""The life of a pledge: proposed with the loan, active on receipt, over when nothing is bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move
from heliu.logistics.pledges.events import GoodsPledged
from heliu.logistics.pledges.models import PLEDGE_MOVES, Pledge, PledgeLine, PledgeStatus
from heliu.logistics.pledges.operations.common import BINDING, live_lines, locked_pledge, parties_of
from heliu.logistics.stock.models import StockRow
from heliu.logistics.warehousing import receipts
from heliu.logistics.warehousing.models import WarehouseReceipt


class Pledged(NamedTuple):
    """Goods to bind: the row a count put them in, and what one unit is worth in minor units."""

    stock_row: UUID
    sku: UUID
    quantity: int
    unit_value: int


def propose(
    *,
    deal: UUID,
    loan: UUID,
    pledgor: UUID,
    pledgee: UUID,
    custodian: UUID,
    actor: Actor,
    at: datetime,
) -> Pledge:
    """Agree that the goods of a deal will secure its loan when they arrive. Once per deal."""
    if not actor.is_system and pledgor not in actor.orgs:
        raise NotFound()
    pledge, _ = Pledge.objects.get_or_create(
        deal=deal,
        defaults={
            "number": next_number("PL", at),
            "loan": loan,
            "pledgor": pledgor,
            "pledgee": pledgee,
            "custodian": custodian,
            "agreed_at": at,
        },
    )
    return pledge


def cancel(pledge: Pledge, *, at: datetime) -> None:
    """The goods will not come: a pledge that binds nothing yet is over."""
    move(pledge, PledgeStatus.CANCELLED, moves=PLEDGE_MOVES, closed_at=at)


def activate(
    pledge: Pledge,
    *,
    receipt: WarehouseReceipt,
    lines: Sequence[tuple[UUID, UUID, int, int]],
    actor: Actor,
    at: datetime,
    is_brought: bool = False,
    audience: Iterable[UUID] = (),
) -> Pledge:
    """Goods just received for this pledge now secure its loan; the receipt is endorsed.

    Each line is `Pledged`: (stock row, SKU, quantity, unit value). The rows must be those the
    count bound to this pledge, whole. A later shipment of the same deal adds its rows, and so do
    goods that the pledgor brought out of its own house (`is_brought`). Raises
    `Refused` when the pledge is over or a row is bound elsewhere; the database refuses a second
    live pledge on a row.
    """
    pledge = locked_pledge(pledge)
    if pledge.status not in (PledgeStatus.PROPOSED, *BINDING):
        raise Refused("pledge-over", "This pledge binds nothing any more.")
    pledged = [Pledged(*line) for line in lines]
    _require_bound(pledge, pledged, receipt)
    before = pledge.lines.count()
    PledgeLine.objects.bulk_create(
        [
            PledgeLine(
                pledge=pledge,
                position=before + position,
                stock_row_id=line.stock_row,
                sku_id=line.sku,
                quantity=line.quantity,
                unit_value=line.unit_value,
                pledgor=pledge.pledgor,
                pledgee=pledge.pledgee,
                custodian=pledge.custodian,
            )
            for position, line in enumerate(pledged, 1)
        ]
    )
    quantity = sum(line.quantity for line in pledged)
    value = sum(line.quantity * line.unit_value for line in pledged)
    pledge.pledged_quantity += quantity
    pledge.pledged_value += value
    pledge.brought_value += value if is_brought else 0
    pledge.save(update_fields=["pledged_quantity", "pledged_value", "brought_value"])
    if pledge.status == PledgeStatus.PROPOSED:
        move(pledge, PledgeStatus.ACTIVE, moves=PLEDGE_MOVES, activated_at=at)
    receipts.endorse_pledged(receipt, pledge_number=pledge.number, keeper=actor.name, at=at)
    record(
        GoodsPledged(
            subject=pledge.id,
            number=pledge.number,
            loan=pledge.loan,
            receipt=receipt.number,
            quantity=quantity,
            value=value,
        ),
        actor=actor,
        at=at,
        audience={*parties_of(pledge), *audience},
        deal=pledge.deal,
    )
    return pledge


def finish(pledge: Pledge, *, actor: Actor, at: datetime) -> Pledge:
    """No more goods will come for a pledge, and nothing is owed: where it binds nothing it ends."""
    pledge = locked_pledge(pledge)
    if pledge.status == PledgeStatus.PROPOSED:
        cancel(pledge, at=at)
    elif pledge.status == PledgeStatus.PARTLY_RELEASED and not pledge.bound_quantity:
        step_on(pledge, is_last=True, actor=actor, at=at)
        if pledge.picked_up_quantity == pledge.pledged_quantity:
            move(pledge, PledgeStatus.CLOSED, moves=PLEDGE_MOVES, closed_at=at)
    return pledge


def note_missing(pledge: Pledge, *, value: int) -> None:
    """A count found goods worth `value` minor units missing or damaged, or they will not come."""
    held = locked_pledge(pledge)
    held.missing_value += value
    held.save(update_fields=["missing_value"])
    pledge.missing_value = held.missing_value


def mark_short(pledge: Pledge, *, is_short: bool, at: datetime) -> bool:
    """Whether what is there covers the debt no more, by the caller's rule: then nothing comes free
    by parts. Returns whether this is new."""
    held = locked_pledge(pledge)
    if is_short == (held.short_since is not None):
        return False
    held.short_since = pledge.short_since = at if is_short else None
    held.save(update_fields=["short_since"])
    return True


def bound_goods(pledge: Pledge) -> dict[UUID, int]:
    """How many units of each SKU are still bound."""
    goods: dict[UUID, int] = {}
    for line in live_lines(pledge):
        goods[line.sku_id] = goods.get(line.sku_id, 0) + line.quantity - line.released
    return goods


def step_on(pledge: Pledge, *, is_last: bool, actor: Actor, at: datetime) -> None:
    """Partly released, or released: then the owner holds the receipts again."""
    if pledge.bound_quantity or not is_last:
        if pledge.status == PledgeStatus.ACTIVE:
            move(pledge, PledgeStatus.PARTLY_RELEASED, moves=PLEDGE_MOVES)
        return
    move(pledge, PledgeStatus.RELEASED, moves=PLEDGE_MOVES)
    receipts.give_back(pledge.id, pledge_number=pledge.number, by=actor.name, at=at)


def _require_bound(pledge: Pledge, lines: Sequence[Pledged], receipt: WarehouseReceipt) -> None:
    rows = StockRow.objects.in_bulk([line.stock_row for line in lines])
    if not lines:
        raise Invalid("nothing-to-pledge", "There are no good goods to pledge.")
    fits = receipt.pledge == pledge.id and all(
        (row := rows.get(line.stock_row)) is not None
        and row.pledge == pledge.id
        and (row.owner, row.warehouse) == (pledge.pledgor, pledge.custodian)
        and (row.sku_id, row.quantity) == (line.sku, line.quantity)
        for line in lines
    )
    if not fits:
        raise Refused(
            "rows-not-bound", "The goods and the receipt are not those received for this pledge."
        )
