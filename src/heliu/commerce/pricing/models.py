"""Price lists, whom they are for, and the prices in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY


class PriceList(models.Model):
    """A seller's named set of prices in one currency.

    A buyer's own lists are asked in order of `priority` (1 first, then by code), the seller's
    default list last.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3, default=CURRENCY)
    priority = models.PositiveIntegerField(default=100)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="one_price_list_per_code"),
            models.UniqueConstraint(
                fields=["seller"], condition=Q(is_default=True), name="one_default_price_list"
            ),
        ]

    @property
    def display(self) -> str:
        """The list's name in the reader's language."""
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh or self.name) if chinese else (self.name or self.name_zh)

    def __str__(self) -> str:
        return self.code


class PriceListBuyer(models.Model):
    """A list holds for a buyer from a day to a day, both included; no end means until further
    notice. The database refuses a second assignment of the same list over the same days."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="buyers")
    seller = models.UUIDField()
    buyer = models.UUIDField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="assignment_ends_after_it_begins",
            ),
        ]
        # All that is read stands in the index, so that it is chosen before the constraint's own,
        # which is made for overlaps and slow for look-ups.
        indexes = [
            models.Index(
                fields=["buyer", "seller"],
                include=["price_list", "valid_from", "valid_to"],
                name="price_list_buyer",
            )
        ]


class ListPrice(models.Model):
    """What one smallest unit of a SKU costs (minor units) from a quantity, from a day to a day.

    Both days are included; no end means until further notice. Two prices of one list, SKU and
    quantity never overlap in time: an exclusion constraint (see the migration) holds it.
    """

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="prices", db_index=False
    )
    seller = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", db_index=False)
    min_quantity = models.BigIntegerField(default=1)
    amount = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_quantity__gt=0, amount__gte=0), name="price_and_tier_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="price_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku", "price_list", "min_quantity"],
                include=["amount", "valid_from", "valid_to"],
                name="list_price_tiers",
            )
        ]
