"""The life of a pledge: proposed with the loan, active on receipt, released by repayments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.ids import new_id
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move
from heliu.logistics.pledges.events import GoodsPledged, GoodsReleased
from heliu.logistics.pledges.models import (
    PLEDGE_MOVES,
    RELEASE_MOVES,
    Pledge,
    PledgeLine,
    PledgeStatus,
    ReleaseLine,
    ReleaseOrder,
    ReleaseStatus,
)
from heliu.logistics.pledges.policies import (
    Share,
    comes_free,
    digest_of,
    fresh_code,
    units_in_exchange,
    units_to_sell,
)
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.models import StockRow
from heliu.logistics.warehousing import receipts
from heliu.logistics.warehousing.models import WarehouseReceipt

CODE_HOURS = 72
BINDING = (PledgeStatus.ACTIVE, PledgeStatus.PARTLY_RELEASED)


class Pledged(NamedTuple):
    """Goods to bind: the row a count put them in, and what one unit is worth in minor units."""

    stock_row: UUID
    sku: UUID
    quantity: int
    unit_value: int


@dataclass(frozen=True)
class Released:
    """What one repayment set free. `code` is shown once; '' when this was answered before."""

    release_order: ReleaseOrder
    code: str
    quantity: int
    value: int
    is_new: bool


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
    pledge = _locked(pledge)
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
        audience={*_parties(pledge), *audience},
        deal=pledge.deal,
    )
    return pledge


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
    pledge = _locked(pledge)
    if known := pledge.releases.filter(key=key).first():
        return Released(known, "", known.quantity, known.value, is_new=False)
    if pledge.status not in BINDING:
        return None
    lines = _live_lines(pledge)
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
    pledge = _locked(pledge)
    if known := pledge.releases.filter(key=key).first():
        return Released(known, "", known.quantity, known.value, is_new=False)
    lines = _live_lines(pledge)
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


def note_missing(pledge: Pledge, *, value: int) -> None:
    """A count found goods worth `value` minor units missing or damaged, or they will not come."""
    held = _locked(pledge)
    held.missing_value += value
    held.save(update_fields=["missing_value"])
    pledge.missing_value = held.missing_value


def mark_short(pledge: Pledge, *, is_short: bool, at: datetime) -> bool:
    """Whether what is there covers the debt no more, by the caller's rule: then nothing comes free
    by parts. Returns whether this is new."""
    held = _locked(pledge)
    if is_short == (held.short_since is not None):
        return False
    held.short_since = pledge.short_since = at if is_short else None
    held.save(update_fields=["short_since"])
    return True


def bound_goods(pledge: Pledge) -> dict[UUID, int]:
    """How many units of each SKU are still bound."""
    goods: dict[UUID, int] = {}
    for line in _live_lines(pledge):
        goods[line.sku_id] = goods.get(line.sku_id, 0) + line.quantity - line.released
    return goods


def share_of(pledge: Pledge, goods: Mapping[UUID, int]) -> Share:
    """What so many units of each SKU, oldest row first, are of the bound goods. `Refused` where
    less is bound."""
    share = units_to_sell([(line.sku_id, line.bound) for line in _live_lines(pledge)], goods)
    if share is None or not share.quantity:
        raise Refused(
            "not-so-much-bound",
            "So much is not bound under %(number)s.",
            field="quantity",
            number=pledge.number,
        )
    return share


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
    pledge = _locked(pledge)
    if known := pledge.releases.filter(key=key).first():
        return Released(known, "", known.quantity, known.value, is_new=False)
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
    pledge = _locked(pledge)
    if known := pledge.releases.filter(key=key).first():
        return Released(known, "", known.quantity, known.value, is_new=False)
    rows = [(line.sku_id, line.bound) for line in _live_lines(pledge)]
    share = units_in_exchange(rows, goods, worth=worth)
    if not share.quantity:
        return None
    return _hand_out(pledge, share, key=key, is_exchanged=True, actor=actor, at=at)


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
        pledge, _live_lines(pledge), share, taker=pledge.pledgor, key=key, is_last=False,
        is_exchanged=is_exchanged, audience=(), actor=actor, at=at,
    )  # fmt: skip


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
    pledge = _locked(pledge)
    if known := pledge.releases.filter(key=key).first():
        return Released(known, "", known.quantity, known.value, is_new=False)
    share = share_of(pledge, goods)
    _count_released(pledge, share)
    if not pledge.bound_quantity:
        pledge.given_to = to
    pledge.save(update_fields=["entitlement", "given_to", "released_quantity", "released_value"])
    return _let_go(
        pledge, _live_lines(pledge), share, taker=to, taker_name=name, key=key, is_last=True,
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
    pledge = _locked(pledge)
    if known := pledge.releases.filter(key=key).first():
        return Released(known, "", known.quantity, known.value, is_new=False)
    share = share_of(pledge, goods)
    _count_released(pledge, share)
    pledge.returned_value += share.value
    pledge.save(
        update_fields=["entitlement", "released_quantity", "released_value", "returned_value"]
    )
    return _let_go(
        pledge, _live_lines(pledge), share, taker=to, key=key, is_last=is_last, audience=[to],
        actor=actor, at=at,
    )  # fmt: skip


def renew_code(
    release_order: ReleaseOrder, *, actor: Actor, at: datetime, hours: int = CODE_HOURS
) -> str:
    """A fresh code for goods that still wait; the old one is void. Only their owner may ask."""
    if not actor.is_system:
        if release_order.taker not in actor.orgs:
            raise NotFound()
        _require_to_fetch(release_order, actor)
    order = ReleaseOrder.objects.select_for_update().get(pk=release_order.pk)
    if order.status == ReleaseStatus.PICKED_UP:
        raise Refused("picked-up", "These goods were already picked up.")
    code = _unused_code(order.custodian)
    order.code_digest = digest_of(code, settings.SECRET_KEY)
    order.code_valid_until = at + timedelta(hours=hours)
    order.save(update_fields=["code_digest", "code_valid_until"])
    if order.status == ReleaseStatus.EXPIRED:
        move(order, ReleaseStatus.RELEASED, moves=RELEASE_MOVES)
    return code


def _require_to_fetch(order: ReleaseOrder, actor: Actor) -> None:
    """Goods are fetched by who orders them, takes them back, or has sold them as the pledgee."""
    ways = {order.pledgor: ("order",), order.pledgee: ("enforce",)}
    allowed = ways.get(order.taker, ("order", "sell"))
    if not any(actor.may(one) for one in allowed):
        actor.require(allowed[0])


def expire_codes(*, at: datetime) -> int:
    """Codes whose time is over no longer open the gate; the goods stay free and set aside."""
    due = ReleaseOrder.objects.filter(status=ReleaseStatus.RELEASED, code_valid_until__lte=at)
    return due.update(status=ReleaseStatus.EXPIRED)


def _count_released(pledge: Pledge, share: Share) -> None:
    """Goods that leave by name are earned by leaving."""
    pledge.entitlement = min(pledge.pledged_value, pledge.entitlement + share.value)
    pledge.released_quantity += share.quantity
    pledge.released_value += share.value


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
    _step_on(pledge, is_last=is_last, actor=actor, at=at)
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
        audience={*_parties(pledge), *audience},
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
    code = _unused_code(pledge.custodian)
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


def finish(pledge: Pledge, *, actor: Actor, at: datetime) -> Pledge:
    """No more goods will come for a pledge, and nothing is owed: where it binds nothing it ends."""
    pledge = _locked(pledge)
    if pledge.status == PledgeStatus.PROPOSED:
        cancel(pledge, at=at)
    elif pledge.status == PledgeStatus.PARTLY_RELEASED and not pledge.bound_quantity:
        _step_on(pledge, is_last=True, actor=actor, at=at)
        if pledge.picked_up_quantity == pledge.pledged_quantity:
            move(pledge, PledgeStatus.CLOSED, moves=PLEDGE_MOVES, closed_at=at)
    return pledge


def _step_on(pledge: Pledge, *, is_last: bool, actor: Actor, at: datetime) -> None:
    """Partly released, or released: then the owner holds the receipts again."""
    if pledge.bound_quantity or not is_last:
        if pledge.status == PledgeStatus.ACTIVE:
            move(pledge, PledgeStatus.PARTLY_RELEASED, moves=PLEDGE_MOVES)
        return
    move(pledge, PledgeStatus.RELEASED, moves=PLEDGE_MOVES)
    receipts.give_back(pledge.id, pledge_number=pledge.number, by=actor.name, at=at)


def _unused_code(custodian: UUID) -> str:
    """A code that opens nothing else at this gate."""
    while True:
        code = fresh_code()
        digest = digest_of(code, settings.SECRET_KEY)
        if not ReleaseOrder.objects.filter(custodian=custodian, code_digest=digest).exists():
            return code


def _locked(pledge: Pledge) -> Pledge:
    return Pledge.objects.select_for_update().get(pk=pledge.pk)


def _live_lines(pledge: Pledge) -> list[PledgeLine]:
    """What is still bound, oldest first."""
    return list(pledge.lines.filter(is_live=True).order_by("position"))


def _parties(pledge: Pledge) -> tuple[UUID, UUID, UUID]:
    return pledge.pledgor, pledge.pledgee, pledge.custodian
