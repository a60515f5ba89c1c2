"""Saying whom goods are for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from heliu.commerce.catalogue.models import Circle, CircleGoods, CircleMember
from heliu.commerce.catalogue.operations.indexing import index
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.models import RelationshipStatus, TradingRelationship

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def draw_circle(*, actor: Actor, seller: UUID, code: str, name: str, name_zh: str = "") -> Circle:
    """Begin a circle of buyers. Raises `Refused` (code-taken), `Invalid` (circle-invalid)."""
    require_seller(seller, actor)
    if not CODE.fullmatch(code) or not name.strip():
        raise Invalid("circle-invalid", "A circle needs a code and a name.", field="code")
    if Circle.objects.filter(seller=seller, code=code).exists():
        raise Refused("code-taken", "There is a circle %(named)s.", field="code", named=code)
    return Circle.objects.create(seller=seller, code=code, name=name, name_zh=name_zh)


def rename_circle(circle: Circle, *, actor: Actor, name: str, name_zh: str = "") -> None:
    """Call a circle otherwise."""
    require_seller(circle.seller, actor)
    circle.name, circle.name_zh = name, name_zh
    circle.save(update_fields=["name", "name_zh"])


def set_members(circle: Circle, buyers: Iterable[UUID], *, actor: Actor) -> None:
    """Let the circle be these buyers and no others. `Invalid`: one does not trade."""
    require_seller(circle.seller, actor)
    wanted = set(buyers)
    _locked(circle)
    trading = TradingRelationship.objects.filter(
        seller=circle.seller, buyer__in=wanted, status=RelationshipStatus.ACTIVE
    )
    if wanted - set(trading.values_list("buyer", flat=True)):
        raise Invalid("not-a-buyer", "One of these does not buy from this seller.", field="buyers")
    circle.members.exclude(buyer__in=wanted).delete()
    CircleMember.objects.bulk_create(
        [CircleMember(circle=circle, seller=circle.seller, buyer=one) for one in sorted(wanted)],
        ignore_conflicts=True,
    )


def set_goods(circle: Circle, skus: Iterable[UUID], *, actor: Actor) -> None:
    """Let the circle's goods be these. An article in no circle any more is for everybody again.

    Raises `NotFound` for goods of others.
    """
    require_seller(circle.seller, actor)
    wanted = set(skus)
    _locked(circle)
    before = set(circle.goods.values_list("sku", flat=True))
    touched = list(
        Sku.objects.select_for_update()
        .filter(pk__in=wanted | before, seller=circle.seller)
        .order_by("pk")
    )
    if wanted - {sku.pk for sku in touched}:
        raise NotFound()
    circle.goods.exclude(sku__in=wanted).delete()
    CircleGoods.objects.bulk_create(
        [CircleGoods(circle=circle, seller=circle.seller, sku_id=one) for one in sorted(wanted)],
        ignore_conflicts=True,
    )
    held = set(
        CircleGoods.objects.filter(sku__in=[sku.pk for sku in touched]).values_list(
            "sku", flat=True
        )
    )
    for sku in touched:
        sku.is_restricted = sku.pk in held
    Sku.objects.bulk_update(touched, ["is_restricted"])
    index(sku.pk for sku in touched)


def require_seller(seller: UUID, actor: Actor) -> None:
    """Raises `Forbidden` unless the actor sells for this seller."""
    if not actor.is_system and seller not in actor.orgs:
        raise Forbidden("not-yours", "These are not your goods.")
    actor.require("sell")


def _locked(circle: Circle) -> None:
    Circle.objects.select_for_update().get(pk=circle.pk)
