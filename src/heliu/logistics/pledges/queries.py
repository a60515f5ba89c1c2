"""Reading pledges: the board of what is bound, what waits at the gate, the plan of a house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.goods.models import Sku
from heliu.logistics.pledges.models import (
    IN_FORCE,
    CodeAttempt,
    Pledge,
    PledgeLine,
    PledgeStatus,
    ReleaseLine,
    ReleaseOrder,
    ReleaseStatus,
)
from heliu.logistics.stock import queries as stock
from heliu.logistics.stock.models import Quality, StockRow
from heliu.logistics.warehousing import queries as warehousing
from heliu.logistics.warehousing.models import Bin, Warehouse


class Lying(NamedTuple):
    """What a plan tells of a row in a bin; its fields are those of the row."""

    id: UUID
    bin: UUID
    pledge: UUID | None
    owner: UUID
    quantity: int
    lot: str
    since: datetime
    sku: Sku


def visible_to(actor: Actor) -> QuerySet[Pledge]:
    """The pledges the actor gave, took or keeps the goods of."""
    if actor.is_system:
        return Pledge.objects.all()
    return Pledge.objects.filter(_party(actor))


def get(actor: Actor, id_or_number: UUID | str) -> Pledge:
    """One pledge with its lines and releases, or `NotFound`."""
    is_id = isinstance(id_or_number, UUID)
    found = (
        visible_to(actor)
        .filter(**{"id" if is_id else "number": id_or_number})
        .prefetch_related("lines__sku", "lines__stock_row", "releases__lines__sku")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def of_deals(actor: Actor, deals: Iterable[UUID]) -> dict[UUID, Pledge]:
    """The pledges of some deals, by deal."""
    return {pledge.deal: pledge for pledge in visible_to(actor).filter(deal__in=list(deals))}


def releases_visible_to(actor: Actor) -> QuerySet[ReleaseOrder]:
    """The release orders of the pledges the actor is a party to, or whose goods it fetches, newest
    first."""
    orders = ReleaseOrder.objects.order_by("-released_at", "-id")
    return orders if actor.is_system else orders.filter(_party(actor) | Q(taker__in=actor.orgs))


def pick_ups(actor: Actor) -> QuerySet[ReleaseOrder]:
    """What is ready to be picked up, the soonest to expire first: by the owner, at the gate."""
    waiting = (ReleaseStatus.RELEASED, ReleaseStatus.EXPIRED)
    return (
        releases_visible_to(actor)
        .filter(status__in=waiting)
        .order_by("code_valid_until", "id")
        .select_related("pledge")
        .prefetch_related("lines__sku", "lines__stock_row")
    )


def code_attempts_visible_to(actor: Actor) -> QuerySet[CodeAttempt]:
    """Codes tried at the actor's gates, newest first."""
    attempts = CodeAttempt.objects.order_by("-at", "-id")
    return attempts if actor.is_system else attempts.filter(custodian__in=actor.orgs)


@dataclass(frozen=True)
class BoardLine:
    """Goods of one row under a pledge: where they lie and what is still bound of them."""

    line: PledgeLine
    bin: str
    quantity: int
    value: int

    @property
    def sku(self) -> Sku:
        """The goods."""
        return self.line.sku


def in_force(actor: Actor) -> QuerySet[Pledge]:
    """The pledges that bind goods now."""
    return visible_to(actor).filter(status__in=IN_FORCE)


def bound_lines(pledges: Iterable[UUID]) -> dict[UUID, list[BoardLine]]:
    """What is still bound of these pledges, by pledge, in the order of their lines."""
    lines = (
        PledgeLine.objects.filter(is_live=True, pledge__in=list(pledges))
        .select_related("sku", "stock_row")
        .only(
            "pledge", "position", "quantity", "released", "unit_value", "sku__code", "sku__name",
            "sku__name_zh", "stock_row__bin", "stock_row__lot",
        )
    )  # fmt: skip
    places = {line.stock_row.bin for line in lines if line.stock_row.bin is not None}
    codes = dict(Bin.objects.filter(pk__in=places).values_list("id", "code"))
    found: dict[UUID, list[BoardLine]] = defaultdict(list)
    for line in lines:
        found[line.pledge_id].append(_board_line(line, codes))
    return found


def _board_line(line: PledgeLine, codes: dict[UUID, str]) -> BoardLine:
    left = line.quantity - line.released
    place = line.stock_row.bin
    return BoardLine(line, codes.get(place, "") if place else "", left, left * line.unit_value)


@dataclass(frozen=True)
class BinState:
    """A bin on the plan: `state` is free, stock, pledged or released; `rows` what lies in it."""

    bin: Bin
    state: str
    rows: list[Lying]
    pledges: frozenset[UUID]


def plan(actor: Actor, warehouse: Warehouse) -> list[BinState]:
    """The plan of a house with what the actor may see of its goods, bin by bin.

    Pledged goods show before released ones (set aside for a pick-up), those before other stock.
    """
    rows: dict[UUID, list[Lying]] = defaultdict(list)
    for row in _lying(actor, warehouse):
        rows[row.bin].append(row)
    waiting = set(
        ReleaseLine.objects.filter(
            release__in=releases_visible_to(actor).filter(
                custodian=warehouse.org,
                status__in=(ReleaseStatus.RELEASED, ReleaseStatus.EXPIRED),
            )
        ).values_list("stock_row", flat=True)
    )
    return [
        BinState(
            place,
            _state(rows[place.id], waiting),
            rows[place.id],
            frozenset(row.pledge for row in rows[place.id] if row.pledge is not None),
        )
        for place in warehousing.bins_of(actor, warehouse)
    ]


def _lying(actor: Actor, warehouse: Warehouse) -> list[Lying]:
    """What lies in the bins of a house. Hundreds of rows are of a few kinds of goods, so these are
    read once each, and the rows as they are."""
    found = stock.on_hand(actor, warehouse=warehouse.org).filter(bin__isnull=False)
    rows = list(found.select_related(None).values_list(*Lying._fields[:-1], "sku_id"))
    goods = Sku.objects.only("code", "name", "name_zh").in_bulk({sku for *_, sku in rows})
    return [Lying._make((*row, goods[sku])) for *row, sku in rows if sku in goods]


def _state(rows: list[Lying], waiting: set[UUID]) -> str:
    if any(row.pledge is not None for row in rows):
        return "pledged"
    if any(row.id in waiting for row in rows):
        return "released"
    return "stock" if rows else "free"


def _party(actor: Actor) -> Q:
    return Q(pledgor__in=actor.orgs) | Q(pledgee__in=actor.orgs) | Q(custodian__in=actor.orgs)


def _exchanged_by_orders() -> Subquery:
    """The value of the goods of a pledge that its release orders say were exchanged."""
    orders = ReleaseOrder.objects.filter(pledge=OuterRef("pk"), is_exchanged=True).order_by()
    return Subquery(orders.values("pledge").annotate(sum=Sum("value")).values("sum"))


def check() -> list[str]:
    """The laws of pledges that are broken, each with its first offender; [] when all hold."""
    laws = {
        "a pledged row holds what its pledge still binds": StockRow.objects.filter(
            ~Q(pledge=None), quantity__gt=0
        ).exclude(
            pk__in=PledgeLine.objects.filter(
                is_live=True, stock_row__quantity=F("quantity") - F("released")
            ).values("stock_row")
        ),
        "damaged goods secure nothing": StockRow.objects.filter(~Q(pledge=None)).exclude(
            quality=Quality.GOOD
        ),
        "nothing is released above the entitlement": Pledge.objects.filter(
            released_value__gt=F("entitlement")
        ),
        "what was exchanged left by release orders that say so": Pledge.objects.exclude(
            exchanged_value=Coalesce(_exchanged_by_orders(), 0)
        ),
        "a closed pledge binds nothing": PledgeLine.objects.filter(
            is_live=True, pledge__status__in=(PledgeStatus.RELEASED, PledgeStatus.CLOSED)
        ),
    }
    return [
        f"{law}: {offender.pk}"
        for law, rows in laws.items()
        if (offender := rows.order_by("pk").first()) is not None
    ]
