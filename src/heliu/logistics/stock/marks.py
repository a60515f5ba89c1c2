"""Which pieces move: the lots and serial numbers of goods that are told apart.

`follow` is asked by `move_goods` once a movement touches such goods, and lets their pieces go where
the goods go. What comes in is named by whoever takes it in; what goes out goes by name, or else the
first expiring first. That pieces sum up to what lies there the database holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.goods.models import Sku, Tracking
from heliu.logistics.stock.ends import Beyond, End, Move, Place, Virtual
from heliu.logistics.stock.models import Mark, Pieces, Quality, StockRow, Trace
from heliu.logistics.stock.policies import Marked

LONGEST = 40
COME_FROM = (Beyond.SUPPLIER, Beyond.DIFFERENCE)
NEVER = date.max


@dataclass
class Left:
    """Pieces of a mark in a row, as far as nobody in hand took them yet."""

    row: StockRow
    mark: Mark
    quantity: int


class Where(NamedTuple):
    """A place of pieces, as they are kept."""

    row: UUID | None
    away: str
    ref: str
    owner: UUID


class Step(NamedTuple):
    """So many pieces of a mark by one move."""

    move: Move
    mark: Mark
    quantity: int


def lying(rows: Sequence[StockRow], day: date) -> list[Left]:
    """The pieces in locked rows that are still good on a day, the first expiring first."""
    if not rows:
        return []
    by_id = {row.id: row for row in rows}
    found = [
        Left(by_id[one.row_id], one.mark, one.quantity)
        for one in Pieces.objects.filter(row__in=by_id).select_related("mark")
        if one.row_id and (one.mark.good_until or NEVER) >= day
    ]
    return sorted(found, key=_first_to_go)


def choose(
    left: Iterable[Left], sku: UUID, quantity: int, named: Sequence[Marked]
) -> list[tuple[StockRow, tuple[Marked, ...]]]:
    """So many pieces of a SKU out of what is left, by row: those named, or the first ones. What is
    chosen is left no more. Raises `Refused` (mark-not-here, marks-too-few), `Invalid`."""
    mine = [one for one in left if one.row.sku_id == sku]
    _require_sum(named, quantity)
    wanted = [(one.code, one.quantity) for one in named] or [("", quantity)]
    chosen: dict[StockRow, list[Marked]] = defaultdict(list)
    for code, missing in wanted:
        for one in mine:
            taken = min(one.quantity, missing) if code in ("", one.mark.code) else 0
            if taken:
                one.quantity -= taken
                missing -= taken
                chosen[one.row].append(Marked(one.mark.code, taken))
        if missing and code:
            raise _not_here(code)
        if missing:
            raise Refused(
                "marks-too-few",
                "Of these goods %(missing)s pieces are missing that are still good.",
                field="quantity",
                help="Lots whose last day is over are not sent.",
                missing=missing,
            )
    return [(row, tuple(marks)) for row, marks in chosen.items()]


def follow(
    moves: Sequence[Move],
    rows: Mapping[Place, StockRow],
    *,
    kind: str,
    subject: UUID,
    at: datetime,
) -> None:
    """Let the pieces of goods that are told apart go where these moves take them."""
    traced = {row.sku_id for row in rows.values() if row.is_traced}
    lost = {one.source.sku for one in moves} - {row.sku_id for row in rows.values()}
    if lost:
        kept = Sku.objects.filter(pk__in=lost).exclude(tracking=Tracking.NONE)
        traced |= set(kept.values_list("pk", flat=True))
    # What somebody named is taken first: the others take of what is left.
    mine = sorted((one for one in moves if one.source.sku in traced), key=lambda x: not x.marks)
    if not mine:
        return
    coming = [one for one in mine if _comes(one.source)]
    steps = _come(coming, at) + _go([one for one in mine if not _comes(one.source)], rows)
    _write(steps, rows)
    Trace.objects.bulk_create(_trace(step, kind, subject, at) for step in steps)


def _come(moves: Sequence[Move], at: datetime) -> list[Step]:
    """Pieces that come in, as they are named: their marks are made where they are new."""
    if not moves:
        return []
    skus = Sku.objects.in_bulk([one.source.sku for one in moves])
    wanted: dict[tuple[UUID, str], Mark] = {}
    for one in moves:
        sku = skus[one.source.sku]
        require_named(one.marks, sku, one.quantity)
        for named in one.marks:
            is_serial = sku.tracking == Tracking.SERIAL
            if is_serial and (sku.pk, named.code) in wanted:
                raise twice(named.code)
            wanted[sku.pk, named.code] = Mark(
                sku=sku, seller=sku.seller, code=named.code, article=sku.code, is_serial=is_serial,
                good_until=named.good_until, came_at=at,
            )  # fmt: skip
    known = _known(wanted)
    if new := [mark for key, mark in wanted.items() if key not in known]:
        Mark.objects.bulk_create(new, ignore_conflicts=True)
        known = _known(wanted)
    for key, mark in wanted.items():
        there = known[key].good_until
        if mark.good_until is not None and mark.good_until != there:
            raise Refused(
                "lot-differs",
                "Lot %(mark)s is on record with another last day.",
                field="marks",
                mark=mark.code,
            )
    return [
        Step(one, known[one.source.sku, named.code], named.quantity)
        for one in moves
        for named in one.marks
    ]


def _known(wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], Mark]:
    """The marks on record of these (SKU, number)."""
    skus, codes = {sku for sku, _ in wanted}, {code for _, code in wanted}
    found = Mark.objects.filter(sku__in=skus, code__in=codes)
    return {(one.sku_id, one.code): one for one in found}


def _go(moves: Sequence[Move], rows: Mapping[Place, StockRow]) -> list[Step]:
    """Pieces that move on from where they are."""
    if not moves:
        return []
    left = _there(moves, rows)
    _require_clear(moves, rows, left)
    steps = []
    for one in moves:
        here = left[_where(one.source, rows)]
        if one.marks:
            _require_sum(one.marks, one.quantity)
        for code, missing in [(x.code, x.quantity) for x in one.marks] or [("", one.quantity)]:
            for pieces in here:
                taken = min(pieces.quantity, missing) if code in ("", pieces.mark.code) else 0
                if taken:
                    pieces.quantity -= taken
                    missing -= taken
                    steps.append(Step(one, pieces.mark, taken))
            if missing:
                raise _not_here(code)
    return steps


def _there(moves: Sequence[Move], rows: Mapping[Place, StockRow]) -> dict[Where, list[Pieces]]:
    """The pieces at the sources of moves, the first expiring first; never saved from here."""
    sources = {_where(one.source, rows) for one in moves}
    skus = {one.source.sku for one in moves}
    refs = {where.ref for where in sources if where.row is None}
    lying = Pieces.objects.filter(row__in=[where.row for where in sources if where.row])
    away = Pieces.objects.filter(sku__in=skus, away=Beyond.TRANSIT, ref__in=refs)
    found: dict[Where, list[Pieces]] = defaultdict(list)
    for one in (*lying.select_related("mark"), *away.select_related("mark")):
        found[_kept(one)].append(one)
    for pieces in found.values():
        pieces.sort(key=lambda one: (one.mark.good_until or NEVER, one.mark.code))
    return found


def _require_clear(
    moves: Sequence[Move], rows: Mapping[Place, StockRow], left: Mapping[Where, list[Pieces]]
) -> None:
    """Where some pieces came good and others did not, somebody says which."""
    fates: dict[Where, set[str]] = defaultdict(set)
    for one in moves:
        if isinstance(one.source, Virtual) and not one.marks:
            fates[_where(one.source, rows)].add(_fate(one.target))
    for where, met in fates.items():
        if len(met) > 1 and len(left[where]) > 1:
            raise Refused(
                "marks-wanted",
                "Name the pieces that came good, and those that came damaged.",
                field="marks",
                help="Of these goods every lot or serial number counts by itself.",
            )


def _write(steps: Sequence[Step], rows: Mapping[Place, StockRow]) -> None:
    """Take pieces away from where they were and put them where they are."""
    known = Pieces.objects.select_for_update().filter(mark__in={step.mark.pk for step in steps})
    kept = {(one.mark_id, _kept(one)): one for one in known.order_by("id")}
    change: dict[tuple[UUID, Where], int] = defaultdict(int)
    made: dict[tuple[UUID, Where], Pieces] = {}
    for step in steps:
        if _comes(step.move.source):
            for key, one in kept.items():
                if step.mark.is_serial and key[0] == step.mark.pk:
                    if one.row_id or one.away == Beyond.TRANSIT:
                        raise twice(step.mark.code)
                    change[key] -= one.quantity  # it was gone, and is found again
        else:
            change[step.mark.pk, _where(step.move.source, rows)] -= step.quantity
        target = step.move.target
        there = step.mark.pk, _where(target, rows)
        change[there] += step.quantity
        made[there] = Pieces(
            mark=step.mark, is_serial=step.mark.is_serial, sku_id=step.mark.sku_id,
            seller=step.mark.seller, owner=target.owner, warehouse=target.warehouse,
            row_id=there[1].row, away=there[1].away, ref=there[1].ref,
        )  # fmt: skip
    gone: list[Pieces] = []
    changed: list[Pieces] = []
    new: list[Pieces] = []
    for at_place, delta in change.items():
        one = kept.get(at_place) or made[at_place]
        one.quantity = (one.quantity or 0) + delta
        (new if at_place not in kept else changed if one.quantity else gone).append(one)
    Pieces.objects.filter(pk__in=[one.pk for one in gone]).delete()
    Pieces.objects.bulk_update(changed, ["quantity"])
    try:
        with transaction.atomic():
            Pieces.objects.bulk_create(one for one in new if one.quantity)
    except IntegrityError as error:  # somebody else took the same number in at this moment
        raise twice(", ".join(sorted({step.mark.code for step in steps}))[:80]) from error


def _trace(step: Step, kind: str, subject: UUID, at: datetime) -> Trace:
    source, target = step.move.source, step.move.target
    return Trace(
        mark=step.mark, seller=step.mark.seller, kind=kind, quantity=step.quantity,
        giver=source.owner, owner=target.owner, warehouse=target.warehouse,
        to_away=target.kind if isinstance(target, Virtual) else "",
        is_damaged=isinstance(target, Place) and target.quality == Quality.DAMAGED,
        subject=subject, at=at,
    )  # fmt: skip


def _comes(end: End) -> bool:
    return isinstance(end, Virtual) and end.kind in COME_FROM


def _fate(end: End) -> str:
    return end.quality if isinstance(end, Place) else end.kind


def _where(end: End, rows: Mapping[Place, StockRow]) -> Where:
    if isinstance(end, Place):
        return Where(rows[end].id, "", "", end.owner)
    return Where(None, end.kind, end.ref, end.owner)


def _kept(one: Pieces) -> Where:
    return Where(one.row_id, one.away, one.ref, one.owner)


def _first_to_go(one: Left) -> tuple[date, datetime, str]:
    return one.mark.good_until or NEVER, one.row.since, one.mark.code


def require_named(named: Sequence[Marked], sku: Sku, quantity: int) -> None:
    """Pieces of goods that are told apart come in with their lots or serial numbers, every one.
    Raises `Refused`."""
    if not named:
        raise Refused(
            "marks-missing",
            "Pieces of %(goods)s are told apart: name their lots or serial numbers.",
            field="marks",
            goods=sku.code,
        )
    for one in named:
        is_fit = one.code.strip() == one.code and 0 < len(one.code) <= LONGEST
        if not is_fit or "\x00" in one.code:
            raise Invalid(
                "mark-invalid",
                "A lot or serial number has 1 to %(most)s signs.",
                field="marks",
                most=LONGEST,
            )
        if one.quantity < 1 or (sku.tracking == Tracking.SERIAL and one.quantity != 1):
            raise Invalid("mark-quantity", "A serial number is one piece.", field="marks")
    _require_sum(named, quantity)


def _require_sum(marks: Sequence[Marked], quantity: int) -> None:
    named = sum(one.quantity for one in marks)
    if marks and named != quantity:
        raise Invalid(
            "marks-count",
            "%(named)s pieces are named, and it is about %(wanted)s.",
            field="marks",
            named=named,
            wanted=quantity,
        )


def _not_here(code: str) -> Refused:
    return Refused(
        "mark-not-here",
        "%(mark)s is not here, or not so many pieces of it.",
        field="marks",
        mark=code or "–",
    )


def twice(code: str) -> Refused:
    """A serial number is one piece and in one place."""
    return Refused("serial-there", "%(mark)s is there already.", field="marks", mark=code)
