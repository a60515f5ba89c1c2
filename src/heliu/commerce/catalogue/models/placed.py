"""Where goods stand in a seller's catalogue: categories, products with variants, packs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from heliu.commerce.catalogue.models.named import Named
from heliu.kernel.goods.models import Family, Sku, UnitOfMeasure
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language


class Category(Named):
    """A branch of the tree by which a seller lays its goods out; any depth."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="a_category_once"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="no_category_in_itself"
            ),
        ]


class Product(Named):
    """A described thing that is sold in variants. They differ in the attributes named by `axes`:
    one makes a list, two a grid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    about = models.TextField(blank=True)
    about_zh = models.TextField(blank=True)
    axes = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="one_product_per_code"),
            models.CheckConstraint(condition=Q(axes__len__lte=2), name="two_axes_at_most"),
        ]

    @property
    def text(self) -> str:
        """What is told of it, in the reader's language."""
        return in_language(self.about, self.about_zh)


class Placement(models.Model):
    """Where an article stands: in which category, as a variant of which product."""

    sku = models.OneToOneField(Sku, on_delete=models.CASCADE, primary_key=True, related_name="+")
    seller = models.UUIDField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, related_name="variants"
    )
    position = models.SmallIntegerField(default=0)


class Pack(models.Model):
    """A packaging unit of an article: a box or pallet holds so many smallest units, exactly.

    Goods are ordered and kept in smallest units; a pack is a way of saying how many.
    """

    seller = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="packs")
    unit = models.ForeignKey(UnitOfMeasure, on_delete=models.PROTECT, related_name="+")
    pieces = models.PositiveIntegerField()
    barcode = models.CharField(max_length=14, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "unit"], name="a_pack_once_for_its_article"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="a_pack_holds_something"),
        ]


class Shop(models.Model):
    """What a seller shows to everybody, signed in or not; nothing where there is no row. Goods that
    are for a circle are never shown; with a `category` only its goods and those below it are."""

    seller = models.UUIDField(primary_key=True)
    is_public = models.BooleanField(default=False)
    shows_prices = models.BooleanField(default=False)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
