"""Pledged goods come free: earned by repaying, taken out, exchanged, sold or given back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused
from heliu.kernel.events.facts import record
from heliu.kernel.ids import new_id
from heliu.kernel.numbering import next_number
from heliu.logistics.pledges.events import GoodsReleased
from heliu.logistics.pledges.models import Pledge, PledgeLine, ReleaseLine, ReleaseOrder
from heliu.logistics.pledges.operations.binding import step_on
from heliu.logistics.pledges.operations.codes import CODE_HOURS, unused_code
from heliu.logistics.pledges.operations.common import BINDING, live_lines, locked_pledge, parties_of
from heliu.logistics.pledges.policies import (
    Share,
    comes_free,
    digest_of,
    units_in_exchange,
    units_to_sell,
)
from heliu.logistics.stock import operations as stock


@dataclass(frozen=True)
class Released:
    """What one repayment set free. `code` is shown once; '' when this was answered before."""

    release_order: ReleaseOrder
    code: str
    quantity: int
    value: int
    is_new: bool


def release(
    pledge: Pledge,
    *,
    entitlement_value: int,
    all_of_it: bool,
    key: str,
    actor: Actor,
    at: datetime,
    is_last: bool = True,
    audience: Iterable[UUID] = (),
) -> Released | None:
    """Set goods free for a repayment: whole units, oldest first, never above the entitlement.

    `entitlement_value` is the value of goods, in minor units, the pledgor has earned by all its
    repayments so far; `all_of_it` says that nothing is owed any more. The freed goods stay in their
    bins, set aside for the pick-up under a fresh one-time code. None when not even one unit comes
    free. `key` names the repayment: a doubled call gets the first order again, without a code.
    While more goods are to come (not `is_last`) the pledge stays open for them.
    """
    pledge = locked_pledge(pledge)
    if known := _answered(pledge, key):
        return known
    if pledge.status not in BINDING:
        return None
    lines = live_lines(pledge)
    pledge.entitlement, share = comes_free(
        pledge,
        [line.bound for line in lines],
        entitlement_value=entitlement_value,
        all_of_it=all_of_it,
    )
    pledge.released_quantity += share.quantity
    pledge.released_value += share.value
    pledge.save(update_fields=["entitlement", "released_quantity", "released_value"])
    if not share.quantity:
        return None
    return _let_go(
        pledge,
        lines,
        share,
        taker=pledge.pledgor,
        key=key,
        is_last=is_last,
        audience=audience,
        actor=actor,
        at=at,
    )


def give_up(pledge: Pledge, *, to: UUID, key: str, actor: Actor, at: datetime) -> Released | None:
    """All goods still bound pass to `to`, who has paid the lender for them, and are free to be
    fetched under a fresh code. None when nothing is bound. Once per `key`."""
    pledge = locked_pledge(pledge)
    if known := _answered(pledge, key):
        return known
    lines = live_lines(pledge)
    if not lines:
        return None
    share = Share(tuple(line.quantity - line.released for line in lines), pledge.bound_value)
    pledge.entitlement, pledge.given_to = pledge.pledged_value, to
    pledge.released_quantity += share.quantity
    pledge.released_value += share.value
    pledge.save(update_fields=["entitlement", "given_to", "released_quantity", "released_value"])
    return _let_go(
        pledge, lines, share, taker=to, key=key, is_last=True, audience=[to], actor=actor, at=at
    )


def take_out(
    pledge: Pledge,
    goods: Mapping[UUID, int],
    *,
    key: str,
    actor: Actor,
    at: datetime,
    is_exchanged: bool = False,
) -> Released:
    """Goods that lie above what must stay, or for which others came (`is_exchanged`), come free for
    their owner, while the others stay bound; that so many may go is for the caller to see to. Once
    per `key`. `Refused` where less is bound."""
    pledge = locked_pledge(pledge)
    if known := _answered(pledge, key):
        return known
    share = share_of(pledge, goods)
    return _hand_out(pledge, share, key=key, is_exchanged=is_exchanged, actor=actor, at=at)


def exchange(
    pledge: Pledge,
    goods: Mapping[UUID, int],
    *,
    worth: int,
    key: str,
    actor: Actor,
    at: datetime,
) -> Released | None:
    """For goods of this `worth` in minor units that the pledgor brought, others leave: of `goods`
    as many as are bound and worth no more together. None where not one unit is; once per `key`."""
    pledge = locked_pledge(pledge)
    if known := _answered(pledge, key):
        return known
    rows = [(line.sku_id, line.bound) for line in live_lines(pledge)]
    share = units_in_exchange(rows, goods, worth=worth)
    if not share.quantity:
        return None
    return _hand_out(pledge, share, key=key, is_exchanged=True, actor=actor, at=at)


def sell(
    pledge: Pledge,
    goods: Mapping[UUID, int],
    *,
    to: UUID,
    name: str,
    key: str,
    actor: Actor,
    at: datetime,
) -> Released:
    """So many units of each SKU were sold and paid for: they pass to `to`, who fetches them for
    the buyer of this `name` under a fresh code. Once per `key`. `Refused` where less is bound."""
    pledge = locked_pledge(pledge)
    if known := _answered(pledge, key):
        return known
    share = share_of(pledge, goods)
    _count_released(pledge, share)
    if not pledge.bound_quantity:
        pledge.given_to = to
    pledge.save(update_fields=["entitlement", "given_to", "released_quantity", "released_value"])
    return _let_go(
        pledge, live_lines(pledge), share, taker=to, taker_name=name, key=key, is_last=True,
        audience=[to], actor=actor, at=at,
    )  # fmt: skip


def hand_back(
    pledge: Pledge,
    goods: Mapping[UUID, int],
    *,
    to: UUID,
    key: str,
    is_last: bool,
    actor: Actor,
    at: datetime,
) -> Released:
    """So many units of each SKU go back to the seller (`to`), who has refunded them, under a fresh
    code, while the others stay bound; `is_last` when no more goods will come. Once per `key`.
    `Refused` where less is bound."""
    pledge = locked_pledge(pledge)
    if known := _answered(pledge, key):
        return known
    share = share_of(pledge, goods)
    _count_released(pledge, share)
    pledge.returned_value += share.value
    pledge.save(
        update_fields=["entitlement", "released_quantity", "released_value", "returned_value"]
    )
    return _let_go(
        pledge, live_lines(pledge), share, taker=to, key=key, is_last=is_last, audience=[to],
        actor=actor, at=at,
    )  # fmt: skip


def share_of(pledge: Pledge, goods: Mapping[UUID, int]) -> Share:
    """What so many units of each SKU, oldest row first, are of the bound goods. `Refused` where
    less is bound."""
    share = units_to_sell([(line.sku_id, line.bound) for line in live_lines(pledge)], goods)
    if share is None or not share.quantity:
        raise Refused(
            "not-so-much-bound",
            "So much is not bound under %(number)s.",
            field="quantity",
            number=pledge.number,
        )
    return share


def _answered(pledge: Pledge, key: str) -> Released | None:
    """What came free for this key before, without its code."""
    known = pledge.releases.filter(key=key).first()
    if known is None:
        return None
    return Released(known, "", known.quantity, known.value, is_new=False)


def _hand_out(
    pledge: Pledge, share: Share, *, key: str, is_exchanged: bool, actor: Actor, at: datetime
) -> Released:
    """These goods of a locked pledge come free for their owner, while the others stay bound."""
    _count_released(pledge, share)
    pledge.exchanged_value += share.value if is_exchanged else 0
    pledge.save(
        update_fields=["entitlement", "released_quantity", "released_value", "exchanged_value"]
    )
    return _let_go(
        pledge, live_lines(pledge), share, taker=pledge.pledgor, key=key, is_last=False,
        is_exchanged=is_exchanged, audience=(), actor=actor, at=at,
    )  # fmt: skip


def _count_released(pledge: Pledge, share: Share) -> None:
    """Goods that leave by name are earned by leaving."""
    pledge.entitlement = min(pledge.pledged_value, pledge.entitlement + share.value)
    pledge.released_quantity += share.quantity
    pledge.released_value += share.value


def _let_go(
    pledge: Pledge,
    lines: Sequence[PledgeLine],
    share: Share,
    *,
    taker: UUID,
    taker_name: str = "",
    key: str,
    is_last: bool,
    is_exchanged: bool = False,
    audience: Iterable[UUID],
    actor: Actor,
    at: datetime,
) -> Released:
    order, code = _order_release(
        pledge, share, taker=taker, taker_name=taker_name, key=key, is_exchanged=is_exchanged, at=at
    )
    _set_free(order, lines, share, at=at)
    step_on(pledge, is_last=is_last, actor=actor, at=at)
    record(
        GoodsReleased(
            subject=pledge.id,
            number=pledge.number,
            release=order.number,
            notice=order.notice_number,
            quantity=share.quantity,
            value=share.value,
        ),
        actor=actor,
        at=at,
        audience={*parties_of(pledge), *audience},
        deal=pledge.deal,
    )
    return Released(order, code, share.quantity, share.value, is_new=True)


def _order_release(
    pledge: Pledge,
    share: Share,
    *,
    taker: UUID,
    taker_name: str,
    key: str,
    is_exchanged: bool,
    at: datetime,
) -> tuple[ReleaseOrder, str]:
    code = unused_code(pledge.custodian)
    order = ReleaseOrder.objects.create(
        id=new_id(),
        number=next_number("RO", at),
        notice_number=next_number("PN", at),
        pledge=pledge,
        deal=pledge.deal,
        key=key,
        quantity=share.quantity,
        value=share.value,
        code_digest=digest_of(code, settings.SECRET_KEY),
        code_valid_until=at + timedelta(hours=CODE_HOURS),
        released_at=at,
        pledgor=pledge.pledgor,
        pledgee=pledge.pledgee,
        custodian=pledge.custodian,
        taker=taker,
        taker_name=taker_name,
        is_exchanged=is_exchanged,
    )
    return order, code


def _set_free(
    order: ReleaseOrder, lines: Sequence[PledgeLine], share: Share, *, at: datetime
) -> None:
    """Move the units from bound to free rows, set aside for this order; the lines remember it."""
    leaving = [
        (line, units, new_id()) for line, units in zip(lines, share.units, strict=True) if units
    ]
    freed = stock.free(
        [stock.RowQuantity(line.stock_row_id, units, id) for line, units, id in leaving],
        pledge=order.pledge_id,
        new_owner=order.taker,
        key=f"released:{order.id}",
        subject=order.id,
        at=at,
    )
    for line, units, _ in leaving:
        line.released += units
        line.is_live = line.released < line.quantity
    PledgeLine.objects.bulk_update([line for line, _, _ in leaving], ["released", "is_live"])
    ReleaseLine.objects.bulk_create(
        [
            ReleaseLine(
                id=id,
                release=order,
                line=line,
                stock_row=row,
                sku_id=line.sku_id,
                quantity=units,
                value=units * line.unit_value,
                pledgor=order.pledgor,
                pledgee=order.pledgee,
                custodian=order.custodian,
                taker=order.taker,
            )
            for (line, units, id), row in zip(leaving, freed, strict=True)
        ]
    )
