"""A row of goods is counted anew where it lies: how much there is, or which pieces there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.goods.models import Tracking
from heliu.logistics.stock import marks
from heliu.logistics.stock.ends import Beyond, Move, Place, Virtual
from heliu.logistics.stock.events import StockAdjusted
from heliu.logistics.stock.models import Pieces, StockRow
from heliu.logistics.stock.moves import move_goods
from heliu.logistics.stock.operations import require_unpledged
from heliu.logistics.stock.policies import Marked
from heliu.logistics.stock.queries import marks_visible_to


class Difference(NamedTuple):
    """What a count found that the books do not have, and what they have that it did not find. Of
    goods that are not told apart it is one nameless quantity."""

    found: tuple[Marked, ...]
    missing: tuple[Marked, ...]

    @property
    def net(self) -> int:
        """How much more there is, below zero how much less."""
        return _sum(self.found) - _sum(self.missing)


def compare(
    row: StockRow, *, actor: Actor, counted: int | None = None,
    pieces: Sequence[Marked] | None = None,
) -> Difference:  # fmt: skip
    """A count beside the books. Goods that are told apart are counted by their `pieces`, others by
    a number. Raises `Invalid` where it is said the other way, or a number is none, `Refused` for a
    serial number that is named twice (serial-there), and for one that is not on record (mark-new):
    only the seller of the article brings in new ones."""
    if row.is_traced != (pieces is not None) or row.is_traced == (counted is not None):
        raise Invalid(
            "count-unclear",
            "Goods that are told apart are counted by lot or serial number, others by a number.",
            field="counted",
        )
    if pieces is None:
        return _plain(row, counted or 0)
    seen = _seen(row, pieces)
    there = {
        one.mark.code: one.quantity
        for one in Pieces.objects.filter(row=row).select_related("mark").order_by("mark__code")
    }
    days = {one.code: one.good_until for one in pieces}
    found = tuple(
        Marked(code, n - there.get(code, 0), days[code])
        for code, n in sorted(seen.items())
        if n > there.get(code, 0)
    )
    if not actor.is_system and row.sku.seller not in actor.orgs:
        _refuse_new(row, found, actor)
    return Difference(
        found, tuple(Marked(code, n - seen[code]) for code, n in there.items() if n > seen[code])
    )


def recount(
    row_id: UUID,
    *,
    actor: Actor,
    reason: str,
    key: str,
    at: datetime,
    counted: int | None = None,
    pieces: Sequence[Marked] | None = None,
) -> StockRow:
    """Set a row to what was counted; the difference goes to the warehouse's difference end. `key`
    makes a repeated call harmless.

    Pledged goods are not adjusted: their loss is a matter between keeper, pledgor and pledgee.
    Promised goods cannot be counted away (`Short`): let the reservations go first.
    """
    row = to_count(row_id, actor, lock=True)
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    found = compare(row, actor=actor, counted=counted, pieces=pieces)
    if not found.found and not found.missing:
        return row
    here = Place.of(row)
    beyond = Virtual(Beyond.DIFFERENCE, row.sku_id, row.warehouse, row.owner)
    for way, source, target, some in (
        ("in", beyond, here, found.found), ("out", here, beyond, found.missing),
    ):  # fmt: skip
        if some:
            move = Move(source, target, _sum(some), marks=some if row.is_traced else ())
            name = f"{key}:{way}"
            row = move_goods([move], kind="adjusted", key=name, subject=row.id, at=at)[here]
    record(
        StockAdjusted(subject=row.id, sku=row.sku_id, difference=found.net, reason=reason.strip()),
        actor=actor,
        at=at,
        audience=(row.owner, row.warehouse),
    )
    return row


def to_count(row_id: UUID, actor: Actor, *, lock: bool = False) -> StockRow:
    """A row in the actor's own house that may be counted anew: goods of others by their keeper, a
    house's own also by whoever ships them. Raises `NotFound`, `Refused` (row-pledged)."""
    rows = StockRow.objects.select_for_update(of=("self",)) if lock else StockRow.objects
    row = rows.select_related("sku").filter(pk=row_id).first()
    if row is None or not (actor.is_system or row.warehouse in actor.orgs):
        raise NotFound()
    if not may_count(row, actor):
        actor.require("count")
    require_unpledged(row)
    return row


def may_count(row: StockRow, actor: Actor) -> bool:
    """Whether the actor may count what lies in a row of its house."""
    return actor.may("count") or (row.owner == row.warehouse and actor.may("ship"))


def _plain(row: StockRow, counted: int) -> Difference:
    if counted < 0:
        raise Invalid("count-unclear", "A count is not below zero.", field="counted")
    more = counted - row.quantity
    return Difference(
        (Marked("", more),) if more > 0 else (), (Marked("", -more),) if more < 0 else ()
    )


def _refuse_new(row: StockRow, found: Sequence[Marked], actor: Actor) -> None:
    codes = [one.code for one in found]
    known = marks_visible_to(actor).filter(sku=row.sku_id, code__in=codes)
    new = sorted(set(codes) - set(known.values_list("code", flat=True)))
    if new:
        raise Refused(
            "mark-new",
            "%(mark)s is not on record for these goods.",
            field="counted",
            help="Read it again; a new number is brought in by the seller of the article.",
            mark=new[0],
        )


def _seen(row: StockRow, pieces: Sequence[Marked]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for one in pieces:
        if row.sku.tracking == Tracking.SERIAL and seen[one.code]:
            raise marks.twice(one.code)
        seen[one.code] += one.quantity
    return seen


def _sum(some: Sequence[Marked]) -> int:
    return sum(one.quantity for one in some)
