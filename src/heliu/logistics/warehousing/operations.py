"""Setting up a house, counting shipments in, issuing receipts, picking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.ids import new_id
from heliu.kernel.states import move
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries as stock_queries
from heliu.logistics.stock.models import Quality, StockRow
from heliu.logistics.stock.policies import Marked
from heliu.logistics.transport import operations as transport
from heliu.logistics.transport.models import Shipment, ShipmentLine, ShipmentStatus
from heliu.logistics.verdicts import Verdict
from heliu.logistics.warehousing import receipts
from heliu.logistics.warehousing.events import (
    GoodsMoved,
    GoodsReceived,
    PickRefused,
    ReceiptDiffers,
)
from heliu.logistics.warehousing.models import (
    RECEIVING_MOVES,
    Bin,
    PickAttempt,
    PickOutcome,
    Receiving,
    ReceivingLine,
    ReceivingStatus,
    Warehouse,
    WarehouseReceipt,
)
from heliu.logistics.warehousing.policies import (
    REACH,
    Count,
    PickRequest,
    Reach,
    may_pick,
    missing_of,
    put_away,
)
from heliu.logistics.warehousing.queries import bin_loads, own_bins, own_house, quarantine_of
from heliu.logistics.warehousing.receipts import GoodRow

NOT_TOLD = Reach()


@dataclass(frozen=True)
class Received:
    """The outcome of a count. `short` and `damaged` are quantities by order line, none if 0."""

    receiving: Receiving
    receipt: WarehouseReceipt | None
    rows: list[GoodRow]
    good: dict[int, int]
    damaged: dict[int, int]
    short: dict[int, int]


class Put(NamedTuple):
    """So many goods of a row, and the bin they are put into; `marks` are the pieces, where they are
    told apart and somebody chose them."""

    row: UUID
    bin: UUID
    quantity: int
    marks: tuple[Marked, ...] = ()


def set_up(
    *,
    actor: Actor,
    org: UUID,
    code: str,
    name: str,
    columns: int,
    rows: int,
    name_zh: str = "",
    city: str = "",
    city_zh: str = "",
    reach: Reach = NOT_TOLD,
    is_supervised: bool = False,
) -> Warehouse:
    """Enter a house with a plan of `columns` by `rows` storage bins, a dock and a quarantine bin.

    Bins are called A-01 and on: a letter for the row, a number for the column.
    """
    actor.require("operate")
    if not (1 <= columns <= 60 and 1 <= rows <= 24):
        raise Invalid("plan-size", "A plan has 1 to 60 columns and 1 to 24 rows.")
    house = Warehouse.objects.create(
        org=org,
        code=code,
        name=name,
        name_zh=name_zh,
        city=city,
        city_zh=city_zh,
        **asdict(reach),
        is_supervised=is_supervised,
    )
    plan = [
        Bin(warehouse=house, org=org, code=f"{chr(65 + y)}-{x + 1:02d}", x=x, y=y)
        for y in range(rows)
        for x in range(columns)
    ]
    gate = Bin(warehouse=house, org=org, code="DOCK", x=0, y=rows, is_dock=True)
    aside = Bin(warehouse=house, org=org, code="QUAR", x=1, y=rows, is_quarantine=True)
    Bin.objects.bulk_create([*plan, gate, aside])
    return house


def tell(house: UUID, reach: Reach, *, actor: Actor) -> Warehouse:
    """Say where one of the actor's houses stands, when it is open and whom to call there. Whoever
    works at its gate may. Raises `NotFound` for another's house."""
    actor.require("receive")
    found = own_house(actor, house)
    for name, text in asdict(reach).items():
        setattr(found, name, text)
    found.save(update_fields=list(REACH))
    return found


def receive(
    *,
    actor: Actor,
    shipment: Shipment,
    counts: Sequence[Count],
    pledge: UUID | None,
    holder: UUID,
    at: datetime,
    audience: Iterable[UUID] = (),
) -> Received:
    """Count a shipment in, put it away, and issue a receipt to `holder` for what is good.

    Good goods go into rows bound by `pledge` whose pledgee is the holder (free rows of the owner
    when there is no pledge), damaged ones into quarantine, missing ones to the claim end of the
    shipment. A house that keeps its own goods issues no receipt. A shipment is received once.
    """
    actor.require("order" if shipment.warehouse == shipment.owner else "receive")
    if not actor.is_system and shipment.warehouse not in actor.orgs:
        raise Forbidden("not-your-goods", "These goods are sent and received by others.")
    if pledge is None and holder != shipment.owner:
        raise Invalid("holder-unbound", "Without a pledge the owner holds the receipt.")
    shipment = Shipment.objects.select_for_update().get(pk=shipment.pk)
    if shipment.status == ShipmentStatus.RECEIVED:
        raise Refused("already-received", "This shipment was already received.")
    lines = list(shipment.lines.all())
    missing = missing_of({line.id: line.quantity for line in lines}, counts)
    by_line = {count.line_id: count for count in counts}
    rows = _put_away(shipment, lines, by_line, missing, pledge=pledge, holder=holder, at=at)
    transport.received(shipment, actor=actor, at=at)
    receiving = _write_count(shipment, lines, by_line, missing, actor=actor, at=at)
    receipt = None
    if rows and shipment.warehouse != shipment.owner:
        receipt = receipts.issue(
            receiving, rows, pledge=pledge, holder=holder, keeper=actor.name, at=at
        )
    outcome = Received(
        receiving=receiving,
        receipt=receipt,
        rows=rows,
        good={x.order_line: n for x in lines if (n := by_line[x.id].good)},
        damaged={x.order_line: n for x in lines if (n := by_line[x.id].damaged)},
        short={x.order_line: n for x in lines if (n := missing[x.id])},
    )
    _tell(shipment, outcome, actor=actor, at=at, audience=audience)
    return outcome


def _put_away(
    shipment: Shipment,
    lines: Sequence[ShipmentLine],
    counts: Mapping[UUID, Count],
    missing: Mapping[UUID, int],
    *,
    pledge: UUID | None,
    holder: UUID,
    at: datetime,
) -> list[GoodRow]:
    """Move the counted goods out of transit; each line gets a lot and a bin of its own."""
    bins = put_away(bin_loads(shipment.warehouse), len(lines))
    quarantine = quarantine_of(shipment.warehouse)
    lots = {line.id: f"{shipment.number}/{line.position}" for line in lines}
    rows = stock.receive(
        [
            stock.Arrival(
                sku=line.sku_id,
                good=counts[line.id].good,
                damaged=counts[line.id].damaged,
                missing=missing[line.id],
                lot=lots[line.id],
                bin=bin,
                quarantine=quarantine,
                good_marks=counts[line.id].good_marks,
                damaged_marks=counts[line.id].damaged_marks,
            )
            for line, bin in zip(lines, bins, strict=True)
        ],
        owner=shipment.owner,
        sender=shipment.sender,
        warehouse=shipment.warehouse,
        shipment=shipment.id,
        pledge=pledge,
        pledgee=holder if pledge else None,
        at=at,
    )
    good = {place.lot: row.id for place, row in rows.items() if place.quality == Quality.GOOD}
    return [
        GoodRow(good[lots[line.id]], line.sku_id, line.order_line, counts[line.id].good)
        for line in lines
        if counts[line.id].good
    ]


def _write_count(
    shipment: Shipment,
    lines: Sequence[ShipmentLine],
    counts: Mapping[UUID, Count],
    missing: Mapping[UUID, int],
    *,
    actor: Actor,
    at: datetime,
) -> Receiving:
    differs = any(missing.values()) or any(count.damaged for count in counts.values())
    parties = {
        "warehouse": shipment.warehouse,
        "owner": shipment.owner,
        "sender": shipment.sender,
        "lender": shipment.lender,
    }
    receiving = Receiving.objects.create(
        id=new_id(),
        shipment=shipment.id,
        shipment_number=shipment.number,
        status=ReceivingStatus.COUNTED if differs else ReceivingStatus.CLOSED,
        counted_at=at,
        counted_by_name=actor.name,
        closed_at=None if differs else at,
        **parties,
    )
    ReceivingLine.objects.bulk_create(
        [
            ReceivingLine(
                receiving=receiving,
                shipment_line=line.id,
                order_line=line.order_line,
                position=line.position,
                sku_id=line.sku_id,
                expected=line.quantity,
                good=counts[line.id].good,
                damaged=counts[line.id].damaged,
                missing=missing[line.id],
                **parties,
            )
            for line in lines
        ]
    )
    return receiving


def _tell(
    shipment: Shipment,
    outcome: Received,
    *,
    actor: Actor,
    at: datetime,
    audience: Iterable[UUID],
) -> None:
    parties = {shipment.warehouse, shipment.owner, shipment.sender, *audience}
    if shipment.lender is not None:
        parties.add(shipment.lender)
    record(
        GoodsReceived(
            subject=shipment.id,
            number=shipment.number,
            order=shipment.order_id,
            good=sum(outcome.good.values()),
            receipt=outcome.receipt.number if outcome.receipt else "",
        ),
        actor=actor,
        at=at,
        audience=parties,
        deal=shipment.deal,
    )
    if outcome.short or outcome.damaged:
        record(
            ReceiptDiffers(
                subject=shipment.id,
                number=shipment.number,
                order=shipment.order_id,
                missing=sum(outcome.short.values()),
                damaged=sum(outcome.damaged.values()),
            ),
            actor=actor,
            at=at,
            audience=parties,
            deal=shipment.deal,
        )


def settle(receiving: Receiving, *, actor: Actor, settlement: str, at: datetime) -> None:
    """Sender or owner write down how the differences of a count were made good; it is closed."""
    if not actor.is_system and not {receiving.sender, receiving.owner} & set(actor.orgs):
        raise Forbidden("not-your-goods", "These goods are sent and received by others.")
    if not settlement.strip():
        raise Invalid("settlement-missing", "Say how it was settled.", field="settlement")
    move(
        receiving,
        ReceivingStatus.CLOSED,
        moves=RECEIVING_MOVES,
        closed_at=at,
        settlement=settlement.strip(),
    )


def put(wanted: Sequence[Put], *, actor: Actor, at: datetime) -> list[StockRow]:
    """Put goods into other bins of their house, all or none.

    Whoever ships a house's own goods may, and for goods of others its keeper: of those only what is
    damaged, for where good ones lie stands in their receipt. Damaged goods stay in quarantine and
    good ones out of it. Returns the rows they are now in, line by line.
    """
    rows = stock_queries.rows_visible_to(actor).in_bulk([one.row for one in wanted])
    bins = own_bins(actor).in_bulk([one.bin for one in wanted])
    lines = []
    for one in wanted:
        row, place = rows.get(one.row), bins.get(one.bin)
        if row is None or place is None or row.warehouse != place.org:
            raise NotFound()
        _require_movable(row, place)
        lines.append(stock.Putting(row, place.id, one.quantity, one.marks))
    is_own = all(line.row.owner == line.row.warehouse for line in lines)
    actor.require("ship" if is_own else "receive")
    moved = stock.put(lines, key=f"moved:{new_id()}", subject=lines[0].row.warehouse, at=at)
    record(
        GoodsMoved(subject=moved[0].warehouse, lines=len(moved)),
        actor=actor,
        at=at,
        audience={org for row in moved for org in (row.warehouse, row.owner)},
    )
    return moved


def _require_movable(row: StockRow, place: Bin) -> None:
    is_damaged = row.quality == Quality.DAMAGED
    if row.owner != row.warehouse and not is_damaged:
        raise Refused("row-receipted", "Where these goods lie stands in their receipt.")
    if place.is_quarantine != is_damaged:
        raise Refused(
            "bin-unfit",
            "Damaged goods belong in quarantine, and good ones do not.",
            field="bin",
            help="Choose another bin.",
        )


def pick(
    *,
    actor: Actor,
    row_id: UUID,
    quantity: int,
    at: datetime,
    release_order_id: UUID | None = None,
    deal: UUID | None = None,
) -> Verdict:
    """Ask to take goods out of a bin. The answer, go or stop, is recorded with its reason.

    It says where to take the goods; they leave the stock only when they are handed over.
    """
    actor.require("pick")
    if quantity <= 0:
        raise Invalid("quantity-positive", "Pick at least one.", field="quantity")
    row = stock_queries.rows_visible_to(actor).filter(pk=row_id).select_for_update(of=("self",))
    found = row.first()
    if found is None or not (actor.is_system or found.warehouse in actor.orgs):
        raise NotFound()
    verdict = may_pick(_request(found, quantity, release_order_id, at))
    _record_attempt(found, quantity, verdict, release_order_id, actor=actor, at=at, deal=deal)
    return verdict


def _request(row: StockRow, quantity: int, release_order: UUID | None, at: datetime) -> PickRequest:
    promisable = None
    if release_order is None and row.is_saleable:
        free = stock_queries.lying_free(
            [row.sku_id], owner=row.owner, warehouse=row.warehouse, at=at
        )
        promisable = free[row.sku_id]
    place = Bin.objects.filter(pk=row.bin).first() if row.bin else None
    return PickRequest(
        quantity=quantity,
        on_row=row.quantity,
        is_pledged=row.pledge is not None,
        is_good=row.quality == Quality.GOOD,
        promisable=promisable,
        bin=place.code if place else "-",
    )


def _record_attempt(
    row: StockRow,
    quantity: int,
    verdict: Verdict,
    release_order: UUID | None,
    *,
    actor: Actor,
    at: datetime,
    deal: UUID | None,
) -> None:
    PickAttempt.objects.create(
        at=at,
        actor=actor.user_id,
        actor_name=actor.name,
        stock_row=row.id,
        sku_id=row.sku_id,
        quantity=quantity,
        release_order=release_order,
        pledge=row.pledge,
        outcome=PickOutcome.GO if verdict.go else PickOutcome.REFUSED,
        reason=verdict.code,
        warehouse=row.warehouse,
        owner=row.owner,
        pledgee=row.pledgee,
    )
    if not verdict.go:
        record(
            PickRefused(subject=row.id, sku=row.sku_id, quantity=quantity, reason=verdict.code),
            actor=actor,
            at=at,
            audience={org for org in (row.warehouse, row.owner, row.pledgee) if org is not None},
            deal=deal,
        )
