"""Back-orders: what may be ordered beyond what lies there, and when more is expected.

allow       so many more of a SKU than there are may be ordered; none: no more back-orders
expect      goods that will come by a day
postpone    ... by another day
arrived     they are here: the promise of their SKU grows, and who waits is served by it
call_off    they will not come
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.goods.models import Sku
from heliu.kernel.posting import operations as posting
from heliu.kernel.states import move
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.ends import Promise
from heliu.logistics.stock.models import EXPECTED_MOVES, BackOrder, Expected, ExpectedStatus
from heliu.logistics.stock.moves import promise_account
from heliu.logistics.stock.policies import Marked

LARGEST = 100_000_000


@dataclass(frozen=True)
class Outlook:
    """What of a SKU can be had: `ready` at once, `orderable` in all, and how much more by which
    days, as goods are expected. Quantities in the smallest unit."""

    ready: int
    orderable: int
    more: tuple[tuple[date, int], ...] = ()

    def until(self, quantity: int) -> date | None:
        """By when so many are there; None where that is not known, or now."""
        waits = quantity - self.ready
        return next((day for day, come in self.more if come >= waits), None) if waits > 0 else None

    @property
    def next_day(self) -> date | None:
        """From when on there is something again that nobody waits for."""
        return next((day for day, come in self.more if come > 0), None)


def allow(sku_id: UUID, most: int, *, actor: Actor, at: datetime) -> BackOrder | None:
    """How many more than lie there may be ordered of a SKU at the actor's desk; 0 ends it.

    Raises `Refused` (more-waits) where more than that wait already.
    """
    actor.require("sell")
    if not 0 <= most <= LARGEST:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="most")
    owner = actor.own_org
    sku = _own_sku(sku_id, owner)
    account = promise_account(Promise(owner, owner, sku.pk))
    try:
        posting.set_limits(account, floor=-most)
    except posting.LimitShort as short:
        raise Refused(
            "more-waits",
            "%(short)s more than that wait for goods already.",
            field="most",
            help="Name a larger quantity, or wait until goods have come.",
            short=short.short,
        ) from None
    if not most:
        BackOrder.objects.filter(sku=sku).delete()
        return None
    return BackOrder.objects.update_or_create(
        sku=sku, defaults={"owner": owner, "most": most, "set_by_name": actor.name, "set_at": at}
    )[0]


def expect(
    sku_id: UUID, quantity: int, day: date, *, actor: Actor, at: datetime, note: str = ""
) -> Expected:
    """Goods of the actor's will come by a day: buyers read from when on there is more."""
    actor.require("sell")
    if not 1 <= quantity <= LARGEST:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="quantity")
    _to_come(day, at)
    owner = actor.own_org
    return Expected.objects.create(
        sku=_own_sku(sku_id, owner), owner=owner, quantity=quantity, day=day,
        note=note.strip()[:120],
    )  # fmt: skip


def postpone(expected_id: UUID, day: date, *, actor: Actor, at: datetime) -> Expected:
    """They come by another day."""
    actor.require("sell")
    found = _locked(expected_id, actor)
    _still_open(found)
    _to_come(day, at)
    found.day = day
    found.save(update_fields=["day"])
    return found


def arrived(
    expected_id: UUID,
    quantity: int,
    *,
    actor: Actor,
    at: datetime,
    bin: UUID | None = None,
    marks: tuple[Marked, ...] = (),
) -> Expected:
    """So many have come, into a bin of the owner's where it is named; the rest will not. Pieces of
    goods that are told apart are named (`marks`)."""
    actor.require("ship")
    found = _locked(expected_id, actor)
    if found.status == ExpectedStatus.ARRIVED and found.arrived == quantity:
        return found
    _still_open(found)
    if not 1 <= quantity <= LARGEST:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="quantity")
    stock.supply(
        [stock.Supply(found.sku_id, quantity, bin, marks=marks)],
        owner=found.owner,
        warehouse=found.owner,
        key=f"expected:{found.pk}",
        subject=found.pk,
        at=at,
    )
    move(found, ExpectedStatus.ARRIVED, moves=EXPECTED_MOVES, arrived=quantity, closed_at=at)
    return found


def call_off(expected_id: UUID, *, actor: Actor, at: datetime) -> Expected:
    """They will not come."""
    actor.require("sell")
    found = _locked(expected_id, actor)
    if found.status != ExpectedStatus.CALLED_OFF:
        _still_open(found)
        move(found, ExpectedStatus.CALLED_OFF, moves=EXPECTED_MOVES, closed_at=at)
    return found


def visible_to(actor: Actor) -> QuerySet[Expected]:
    """What the actor's own houses expect, the next first. Buyers read `outlook`."""
    found = Expected.objects.select_related("sku").order_by("day", "id")
    return found if actor.is_system else found.filter(owner__in=actor.orgs)


def allowed(actor: Actor) -> QuerySet[BackOrder]:
    """For which of its goods the actor takes back-orders, by code."""
    found = BackOrder.objects.select_related("sku").order_by("sku__code")
    return found if actor.is_system else found.filter(owner__in=actor.orgs)


def goods_of(actor: Actor, code: str) -> UUID | None:
    """The SKU that a code of the actor's own goods names."""
    mine = Sku.objects.filter(seller=actor.own_org, code=code)
    return mine.values_list("pk", flat=True).first()


def outlook(skus: Sequence[UUID], *, owner: UUID, at: datetime) -> dict[UUID, Outlook]:
    """Of those SKUs for which back-orders are taken, what can be had now and when more comes; in
    one statement. Answers whom `queries.available` answers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sku, ready, orderable, days, come from stock_outlook(%s::uuid[], %s, %s, %s)",
            [list(skus), owner, owner, at],
        )
        return {
            sku: Outlook(ready, orderable, tuple(zip(days or (), come or (), strict=True)))
            for sku, ready, orderable, days, come in cursor.fetchall()
        }


def _own_sku(sku_id: UUID, owner: UUID) -> Sku:
    found = Sku.objects.filter(pk=sku_id, seller=owner).first()
    if found is None:
        raise NotFound()
    return found


def _locked(expected_id: UUID, actor: Actor) -> Expected:
    found = visible_to(actor).select_for_update(of=("self",)).filter(pk=expected_id).first()
    if found is None:
        raise NotFound()
    return found


def _still_open(found: Expected) -> None:
    if found.status != ExpectedStatus.OPEN:
        raise Refused("receipt-closed", "These goods are not expected any more.")


def _to_come(day: date, at: datetime) -> None:
    if day < day_of(at):
        raise Invalid("day-gone", "This day is gone.", field="day")
