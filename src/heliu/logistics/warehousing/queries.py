"""Reading houses, counts, receipts and attempts to pick."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.models import Acquaintance
from heliu.logistics.stock.models import Quality, StockRow
from heliu.logistics.warehousing.models import (
    Bin,
    PickAttempt,
    Receiving,
    Warehouse,
    WarehouseReceipt,
)
from heliu.logistics.warehousing.policies import BinLoad, content_hash


def warehouses_visible_to(actor: Actor) -> QuerySet[Warehouse]:
    """The houses of the actor and of the parties it deals with."""
    houses = Warehouse.objects.order_by("code")
    if actor.is_system:
        return houses
    known = Acquaintance.objects.filter(org__in=actor.orgs).values("knows")
    return houses.filter(Q(org__in=actor.orgs) | Q(org__in=known))


def supervised_for(actor: Actor) -> QuerySet[Warehouse]:
    """The supervised houses that may keep pledged goods for the actor."""
    return warehouses_visible_to(actor).filter(is_supervised=True)


def receivings_visible_to(actor: Actor) -> QuerySet[Receiving]:
    """Counts at the actor's houses, of its goods, of what it sent, of what it lent for."""
    counts = Receiving.objects.order_by("-counted_at")
    if actor.is_system:
        return counts
    return counts.filter(
        Q(warehouse__in=actor.orgs)
        | Q(owner__in=actor.orgs)
        | Q(sender__in=actor.orgs)
        | Q(lender__in=actor.orgs)
    )


def receipts_visible_to(actor: Actor) -> QuerySet[WarehouseReceipt]:
    """Receipts the actor issued, whose goods it owns, or that are or were pledged to it."""
    receipts = WarehouseReceipt.objects.order_by("-issued_at")
    if actor.is_system:
        return receipts
    return receipts.filter(
        Q(warehouse__in=actor.orgs) | Q(owner__in=actor.orgs) | Q(pledgee__in=actor.orgs)
    )


def receipt(actor: Actor, id_or_number: UUID | str) -> WarehouseReceipt:
    """One receipt with its lines, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = receipts_visible_to(actor).filter(**by).prefetch_related("lines__sku").first()
    if found is None:
        raise NotFound()
    return found


def is_genuine(receipt: WarehouseReceipt) -> bool:
    """Whether the content still is what the keeper signed."""
    return content_hash(receipt.content) == receipt.content_hash


def attempts_visible_to(actor: Actor) -> QuerySet[PickAttempt]:
    """Attempts to pick at the actor's houses, of its goods, or of goods pledged to it."""
    attempts = PickAttempt.objects.order_by("-at", "-id").select_related("sku")
    if actor.is_system:
        return attempts
    return attempts.filter(
        Q(warehouse__in=actor.orgs) | Q(owner__in=actor.orgs) | Q(pledgee__in=actor.orgs)
    )


def bins_of(actor: Actor, warehouse: Warehouse) -> QuerySet[Bin]:
    """The plan of a house the actor may see."""
    if not warehouses_visible_to(actor).filter(pk=warehouse.pk).exists():
        raise NotFound()
    return warehouse.bins.order_by("y", "x")


def own_bins(actor: Actor) -> QuerySet[Bin]:
    """The bins of the actor's own houses."""
    return Bin.objects.filter(org__in=actor.orgs)


def bin_loads(org: UUID) -> list[BinLoad]:
    """The storage bins of an organisation's houses and how many rows of goods lie in each."""
    lying = (
        StockRow.objects.filter(warehouse=org, bin=OuterRef("pk"), has_goods=True)
        .values("bin")
        .annotate(rows=Count("id"))
        .values("rows")
    )
    bins = Bin.objects.filter(org=org, is_dock=False, is_quarantine=False)
    loads = bins.annotate(rows=Coalesce(Subquery(lying), 0))
    return [BinLoad(*row) for row in loads.values_list("id", "x", "y", "rows")]


def gates(actor: Actor, bins: Collection[UUID]) -> dict[UUID, Warehouse]:
    """The houses in which these bins are, by bin: where goods that lie there are fetched."""
    known = warehouses_visible_to(actor)
    places = Bin.objects.filter(pk__in=bins, warehouse__in=known.order_by()).select_related(
        "warehouse"
    )
    return {place.pk: place.warehouse for place in places}


def own_house(actor: Actor, house: UUID) -> Warehouse:
    """One of the actor's own houses. Raises `NotFound` for another's."""
    found = Warehouse.objects.filter(pk=house, org__in=actor.orgs).first()
    if found is None:
        raise NotFound()
    return found


def storage_bins(orgs: Collection[UUID]) -> QuerySet[Bin]:
    """Where goods lie in the houses of these organisations; dock and quarantine are not among."""
    return Bin.objects.filter(org__in=list(orgs), is_dock=False, is_quarantine=False)


def bins_in_use(orgs: Collection[UUID]) -> QuerySet[Bin]:
    """Those of the storage bins in which goods lie."""
    houses = list(orgs)
    lying = StockRow.objects.filter(warehouse__in=houses, has_goods=True)
    return storage_bins(houses).filter(pk__in=lying.values("bin"))


def quarantine_of(org: UUID) -> UUID | None:
    """Where an organisation puts damaged goods aside."""
    return (
        Bin.objects.filter(org=org, is_quarantine=True)
        .order_by("code")
        .values_list("id", flat=True)
        .first()
    )


def own_houses(actor: Actor) -> list[Warehouse]:
    """The actor's own houses, the oldest first."""
    return list(Warehouse.objects.filter(org__in=actor.orgs).order_by("pk"))


def places_of(actor: Actor, house: UUID) -> frozenset[UUID | None]:
    """The bins of one of the actor's own houses; what lies in no bin lies in the first of them.
    Raises `NotFound` for another's house."""
    mine = own_houses(actor)
    if house not in {one.pk for one in mine}:
        raise NotFound()
    loose = {None} if house == mine[0].pk else set()
    return frozenset(Bin.objects.filter(warehouse=house).values_list("pk", flat=True)) | loose


def lying(actor: Actor, skus: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    """What of the actor's own goods lies good and free in each of its own houses: house -> SKU ->
    quantity, in two statements."""
    mine = own_houses(actor)
    found: dict[UUID, dict[UUID, int]] = {one.pk: {} for one in mine}
    if not mine:
        return found
    house = Subquery(Bin.objects.filter(pk=OuterRef("bin")).values("warehouse"))
    rows = StockRow.objects.filter(
        owner=F("warehouse"), warehouse__in=actor.orgs, sku__in=skus, has_goods=True,
        quality=Quality.GOOD, pledge=None,
    )  # fmt: skip
    for place, sku, quantity in rows.annotate(house=house).values_list("house", "sku", "quantity"):
        here = found.get(place, found[mine[0].pk])
        here[sku] = here.get(sku, 0) + quantity
    return found


def first_bin(actor: Actor, house: UUID) -> UUID:
    """Where goods that come to one of the actor's own houses are put first: the first
    bin of its plan. Raises `NotFound` for another's house."""
    found = Bin.objects.filter(
        warehouse=house, org__in=actor.orgs, is_dock=False, is_quarantine=False
    )
    place = found.order_by("y", "x").values_list("pk", flat=True).first()
    if place is None:
        raise NotFound()
    return place
