"""Entering goods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, NotFound
from heliu.kernel.goods.models import Family, Sku, UnitOfMeasure

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def is_code(text: str) -> bool:
    """Whether a text can name a family of goods."""
    return CODE.fullmatch(text) is not None


@dataclass(frozen=True)
class NewSku:
    """A SKU as its seller writes it; family and unit are codes, made when they are new. Where
    nothing is said of `tracking` it stays as it is."""

    code: str
    name: str
    name_zh: str = ""
    barcode: str = ""
    family: str = "general"
    unit: str = "PCS"
    case_quantity: int = 1
    order_minimum: int = 1
    order_multiple: int = 1
    external_id: str = ""
    tracking: str | None = None


def enter(skus: Sequence[NewSku], *, actor: Actor, seller: UUID) -> list[Sku]:
    """Write a seller's goods down by code: new ones are made, known ones changed. All or none.

    Whoever calls this also makes them findable (`catalogue.operations.index`).
    """
    if not actor.is_system and seller not in actor.orgs:
        raise Forbidden("not-yours", "These are not your goods.")
    families = {sku.family for sku in skus}
    Family.objects.bulk_create(
        [Family(code=code, name=code.capitalize(), name_zh=code) for code in sorted(families)],
        ignore_conflicts=True,
    )
    UnitOfMeasure.objects.bulk_create(
        [UnitOfMeasure(code=c, name=c, name_zh=c) for c in sorted({sku.unit for sku in skus})],
        ignore_conflicts=True,
    )
    fields = (
        "name", "name_zh", "barcode", "family_id", "unit_id", "case_quantity", "order_minimum",
        "order_multiple", "external_id",
        *(["tracking"] if any(sku.tracking is not None for sku in skus) else []),
    )  # fmt: skip
    Sku.objects.bulk_create(
        [
            Sku(
                seller=seller,
                code=sku.code,
                name=sku.name,
                name_zh=sku.name_zh,
                barcode=sku.barcode,
                family_id=sku.family,
                unit_id=sku.unit,
                case_quantity=sku.case_quantity,
                order_minimum=sku.order_minimum,
                order_multiple=sku.order_multiple,
                external_id=sku.external_id,
                tracking=sku.tracking or "",
            )
            for sku in skus
        ],
        update_conflicts=True,
        unique_fields=["seller", "code"],
        update_fields=fields,
    )
    return list(Sku.objects.filter(seller=seller, code__in=[sku.code for sku in skus]))


def switch(skus: Sequence[UUID], *, actor: Actor, seller: UUID, is_active: bool) -> None:
    """Put goods on sale or take them off. Raises `NotFound` for goods of others.

    Whoever calls this also makes them findable (`catalogue.operations.index`).
    """
    if not skus:
        return
    if not actor.is_system and seller not in actor.orgs:
        raise Forbidden("not-yours", "These are not your goods.")
    own = Sku.objects.filter(pk__in=skus, seller=seller)
    if own.update(is_active=is_active) < len(set(skus)):
        raise NotFound()
