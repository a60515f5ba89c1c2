"""Every write to stock: reserving, and the movements of goods by their names in the trade."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import NewHold
from heliu.logistics.stock import marks
from heliu.logistics.stock.ends import Beyond, Move, Place, Promise, Virtual
from heliu.logistics.stock.models import Quality, StockRow
from heliu.logistics.stock.moves import Short, move_goods
from heliu.logistics.stock.policies import Marked, first_in_first_out


class Reservation(NamedTuple):
    """A quantity of a SKU set aside; `id` names it when goods go out or it is let go."""

    id: UUID
    sku: UUID
    quantity: int


class Supply(NamedTuple):
    """Goods that come in from outside: opening stock, a purchase, production."""

    sku: UUID
    quantity: int
    bin: UUID | None = None
    lot: str = ""
    marks: tuple[Marked, ...] = ()


class Issue(NamedTuple):
    """Goods to send off; `reservation` is the one they were set aside by, `marks` the pieces where
    they are told apart and somebody chose them."""

    sku: UUID
    quantity: int
    reservation: UUID | None
    marks: tuple[Marked, ...] = ()


class Arrival(NamedTuple):
    """What of a shipped line was counted, and where the good and the damaged goods are put; of
    goods that are told apart the pieces, as far as somebody named them."""

    sku: UUID
    good: int
    damaged: int
    missing: int
    lot: str
    bin: UUID | None
    quarantine: UUID | None
    good_marks: tuple[Marked, ...] = ()
    damaged_marks: tuple[Marked, ...] = ()


class RowQuantity(NamedTuple):
    """A quantity of the goods in one row; `reservation` is the one it is taken by, if any."""

    row: UUID
    quantity: int
    reservation: UUID | None = None


class Putting(NamedTuple):
    """A quantity of the goods in a row, to be put into another bin of their warehouse; `marks` are
    the pieces, where they are told apart and somebody chose them."""

    row: StockRow
    bin: UUID
    quantity: int
    marks: tuple[Marked, ...] = ()


def reserve(
    lines: Sequence[tuple[UUID, UUID, int]],
    *,
    owner: UUID,
    warehouse: UUID,
    subject: UUID,
    at: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Set goods aside for `subject` (an order, a release), all lines or none.

    Each line is a `Reservation`: (id, SKU, quantity). Raises `Short` with the SKU of which there
    is not enough. A repeated call with the same ids changes nothing.
    """
    wanted = [Reservation(*line) for line in lines]
    promises = {line.sku: Promise(owner, warehouse, line.sku).account.key for line in wanted}
    accounts = posting.account_ids(promises.values())
    for line in wanted:
        if promises[line.sku] not in accounts:
            raise Short(line.sku)
    holds = [
        NewHold(
            id=line.id,
            account=accounts[promises[line.sku]],
            amount=-line.quantity,
            subject=subject,
            expires_at=expires_at,
        )
        for line in wanted
    ]
    try:
        posting.post(holds=holds, at=at)
    except posting.LimitShort as short:
        skus = {accounts[key]: sku for sku, key in promises.items()}
        raise Short(skus[short.account]) from short


def void_reservations(ids: Iterable[UUID], *, at: datetime) -> None:
    """Let reserved goods go; what was already sent off by a reservation stays sent."""
    posting.post(void=list(ids), at=at)


def supply(
    lines: Sequence[Supply], *, owner: UUID, warehouse: UUID, key: str, subject: UUID, at: datetime
) -> list[StockRow]:
    """Take goods into a warehouse from outside the platform: free and good."""
    moves = [
        Move(
            Virtual(Beyond.SUPPLIER, line.sku, warehouse, owner),
            Place(line.sku, warehouse, owner, line.bin, line.lot),
            line.quantity,
            marks=line.marks,
        )
        for line in lines
    ]
    return list(move_goods(moves, kind="supplied", key=key, subject=subject, at=at).values())


def issue(
    lines: Sequence[Issue],
    *,
    owner: UUID,
    warehouse: UUID,
    new_owner: UUID,
    shipment: UUID,
    at: datetime,
    bins: Collection[UUID | None] | None = None,
) -> None:
    """Send goods off: oldest rows first into the transit of `shipment`, and title to `new_owner`.

    Only what lies in `bins`, where they are given: those of one house. Each line uses up its
    reservation, in whole or in part. Of goods that are told apart the pieces named go, or else the
    first expiring ones, and none whose last day is over. Raises `Short`.
    """
    skus = [line.sku for line in lines]
    rows = [
        row
        for row in _free_rows(skus, owner=owner, warehouse=warehouse)
        if bins is None or row.bin in bins
    ]
    left = {row.id: row.quantity for row in rows}
    traced = marks.lying([row for row in rows if row.is_traced], day_of(at))
    moves = []
    for line in lines:
        transit = _transit(line.sku, new_owner=new_owner, sender=warehouse, shipment=shipment)
        mine = [(row, left[row.id]) for row in rows if row.sku_id == line.sku]
        if mine and mine[0][0].is_traced:
            for row, chosen in marks.choose(traced, line.sku, line.quantity, line.marks):
                quantity = sum(one.quantity for one in chosen)
                moves.append(Move(Place.of(row), transit, quantity, line.reservation, chosen))
            continue
        taken = first_in_first_out([quantity for _, quantity in mine], line.quantity)
        if taken is None:
            raise Short(line.sku)
        for (row, _), quantity in zip(mine, taken, strict=True):
            if quantity:
                left[row.id] -= quantity
                moves.append(Move(Place.of(row), transit, quantity, line.reservation))
    move_goods(moves, kind="shipped", key=f"shipped:{shipment}", subject=shipment, at=at)


def receive(
    lines: Sequence[Arrival],
    *,
    owner: UUID,
    sender: UUID,
    warehouse: UUID,
    shipment: UUID,
    pledge: UUID | None,
    pledgee: UUID | None,
    at: datetime,
) -> dict[Place, StockRow]:
    """Take counted goods out of the transit of `shipment` and put them away.

    Good ones go into a row bound by `pledge` (free when there is none), damaged ones into
    quarantine, bound to nobody; what is missing waits at the shipment's claim end. The title does
    not change. Raises `Short` when more is received than was sent.
    """
    moves = []
    for line in lines:
        transit = _transit(line.sku, new_owner=owner, sender=sender, shipment=shipment)
        good = Place(line.sku, warehouse, owner, line.bin, line.lot, pledge=pledge, pledgee=pledgee)
        damaged = Place(line.sku, warehouse, owner, line.quarantine, line.lot, Quality.DAMAGED)
        missing = Virtual(Beyond.MISSING, line.sku, warehouse, owner, str(shipment))
        for target, quantity, named in (
            (good, line.good, line.good_marks),
            (damaged, line.damaged, line.damaged_marks),
            (missing, line.missing, ()),
        ):
            if quantity:
                moves.append(Move(transit, target, quantity, marks=named))
    return move_goods(moves, kind="received", key=f"received:{shipment}", subject=shipment, at=at)


def free(
    lines: Sequence[RowQuantity],
    *,
    pledge: UUID,
    new_owner: UUID | None = None,
    key: str,
    subject: UUID,
    at: datetime,
) -> list[StockRow]:
    """Take `pledge` off goods; they stay in their bin. Returns the free rows, line by line.

    Where a line names a `reservation`, the freed goods are at once set aside under that id for
    `subject`, so that nobody else can promise them. Title passes to `new_owner`, if there is one.
    """
    moves = []
    for row, line in _with_rows(lines):
        if row.pledge != pledge:
            raise Refused("row-not-pledged", "These goods are not bound by this pledge.")
        here = Place.of(row)
        there = here._replace(owner=new_owner or row.owner, pledge=None, pledgee=None)
        moves.append(Move(here, there, line.quantity))
    rows = move_goods(moves, kind="released", key=key, subject=subject, at=at)
    freed = [rows[place] for place in _targets(moves)]
    promised = [
        Reservation(line.reservation, row.sku_id, line.quantity)
        for row, line in zip(freed, lines, strict=True)
        if line.reservation is not None
    ]
    # One pledge binds goods of one owner at one warehouse, and they pass to one.
    reserve(promised, owner=freed[0].owner, warehouse=freed[0].warehouse, subject=subject, at=at)
    return freed


def put(lines: Sequence[Putting], *, key: str, subject: UUID, at: datetime) -> list[StockRow]:
    """Move goods to other bins, whose and what they are; returns their rows then, line by line. Of
    goods that are told apart those named go, or else the first expiring.

    Rows need not be locked before: where one lies never changes. Goods do not become younger by
    being moved. Pledged ones are not, for their pledge names the rows (`Refused`). Raises `Short`.
    """
    moves: list[Move] = []
    since: dict[Place, datetime] = {}
    for row, bin, quantity, named in lines:
        require_unpledged(row)
        if row.bin == bin:
            raise Invalid("bin-same", "These goods are in this bin already.", field="bin")
        here = Place.of(row)
        there = here._replace(bin=bin)
        moves.append(Move(here, there, quantity, marks=named))
        since[there] = min(row.since, since.get(there, at))
    rows = move_goods(moves, kind="moved", key=key, subject=subject, at=at, since=since)
    return [rows[place] for place in _targets(moves)]


def hand_over(lines: Sequence[RowQuantity], *, key: str, subject: UUID, at: datetime) -> None:
    """Free goods leave the warehouse with their owner. Pledged ones never do (`Refused`)."""
    moves = []
    for row, line in _with_rows(lines):
        _require_free(row)
        gate = Virtual(Beyond.HANDED_OVER, row.sku_id, row.warehouse, row.owner)
        moves.append(Move(Place.of(row), gate, line.quantity, line.reservation))
    move_goods(moves, kind="handed-over", key=key, subject=subject, at=at)


def _transit(sku: UUID, *, new_owner: UUID, sender: UUID, shipment: UUID) -> Virtual:
    return Virtual(Beyond.TRANSIT, sku, sender, new_owner, str(shipment))


def _free_rows(skus: Sequence[UUID], *, owner: UUID, warehouse: UUID) -> Sequence[StockRow]:
    """Free, good rows, locked in the order of their ids, given back oldest first."""
    locked = StockRow.objects.select_for_update().filter(
        owner=owner,
        warehouse=warehouse,
        sku__in=skus,
        quality=Quality.GOOD,
        pledge=None,
        has_goods=True,
    )
    return sorted(locked.order_by("id"), key=lambda row: (row.since, row.id))


def _locked(ids: Iterable[UUID]) -> dict[UUID, StockRow]:
    wanted = set(ids)
    found = StockRow.objects.select_for_update().filter(id__in=wanted).order_by("id")
    rows = {row.id: row for row in found}
    if len(rows) != len(wanted):
        raise NotFound()
    return rows


def _with_rows(lines: Sequence[RowQuantity]) -> list[tuple[StockRow, RowQuantity]]:
    rows = _locked(line.row for line in lines)
    return [(rows[line.row], line) for line in lines]


def _targets(moves: Sequence[Move]) -> list[Place]:
    return [move.target for move in moves if isinstance(move.target, Place)]


def require_unpledged(row: StockRow) -> None:
    """Pledged goods are nobody's to take or to count away. Raises `Refused` (row-pledged)."""
    if row.pledge is not None:
        raise Refused(
            "row-pledged",
            "These goods are pledged.",
            help="They come free when the loan is repaid.",
        )


def _require_free(row: StockRow) -> None:
    require_unpledged(row)
    if row.quality != Quality.GOOD:
        raise Refused("row-quarantined", "These goods are in quarantine.")
