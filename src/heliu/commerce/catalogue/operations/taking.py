"""Taking away what was told of goods."""

from __future__ import annotations

from uuid import UUID

from heliu.commerce.catalogue.models import (
    Attribute,
    Category,
    Circle,
    Pack,
    Paper,
    Placement,
    Product,
    Ring,
    Value,
)
from heliu.commerce.catalogue.operations.circles import require_seller
from heliu.commerce.catalogue.operations.indexing import index
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.goods.models import Sku


def drop_attribute(*, actor: Actor, seller: UUID, family: str, code: str) -> None:
    """Take an attribute away, with its values. Refused while variants differ in it."""
    require_seller(seller, actor)
    found = Attribute.objects.filter(seller=seller, family=family, code=code).first()
    if found is None:
        raise NotFound()
    if Product.objects.filter(seller=seller, family=family, axes__contains=[code]).exists():
        raise Refused("attribute-used", "Variants of a product differ in this attribute.")
    told = list(Value.objects.filter(attribute=found).values_list("sku", flat=True))
    found.delete()
    index(told)


def drop_category(*, actor: Actor, seller: UUID, code: str) -> None:
    """Take a category away. Refused while something stands in it or below it."""
    require_seller(seller, actor)
    found = Category.objects.filter(seller=seller, code=code).first()
    if found is None:
        raise NotFound()
    below = Category.objects.filter(parent=found).exists()
    if below or Placement.objects.filter(category=found).exists():
        raise Refused("category-used", "Goods or categories stand in this category.")
    found.delete()


def unpack(*, actor: Actor, seller: UUID, sku: UUID, unit: str) -> None:
    """Take a pack of an article away."""
    require_seller(seller, actor)
    gone, _ = Pack.objects.filter(seller=seller, sku=sku, unit=unit).delete()
    if not gone:
        raise NotFound()
    index([sku])


def detach(paper: UUID, *, actor: Actor, seller: UUID) -> None:
    """Take a picture or file of goods away; its bytes are the files' to keep or to forget."""
    require_seller(seller, actor)
    gone, _ = Paper.objects.filter(pk=paper, seller=seller).delete()
    if not gone:
        raise NotFound()


def drop_circle(*, actor: Actor, seller: UUID, code: str) -> None:
    """Take a circle away. Refused while goods are in it: nobody should open them by mistake."""
    require_seller(seller, actor)
    found = Circle.objects.select_for_update().filter(seller=seller, code=code).first()
    if found is None:
        raise NotFound()
    if found.goods.exists():
        raise Refused(
            "circle-used",
            "There are goods for this circle only.",
            help="Take them out first; then they are for everybody.",
        )
    found.delete()


def drop_ring(ring: int, *, actor: Actor, seller: UUID) -> None:
    """Words of a ring mean the same no longer."""
    require_seller(seller, actor)
    gone, _ = Ring.objects.filter(pk=ring, seller=seller).delete()
    if not gone:
        raise NotFound()
    index(Sku.objects.filter(seller=seller).values_list("pk", flat=True))
