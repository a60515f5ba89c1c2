"""Price lists, their versions, whom they are for, and the prices in them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language
from heliu.kernel.money import CURRENCY, TRADED


class Rounding(models.TextChoices):
    """How a computed price becomes a whole number of its step."""

    NEAREST = "NEAREST", _("To the nearest")
    UP = "UP", _("Up")
    DOWN = "DOWN", _("Down")


class PriceList(models.Model):
    """A seller's named set of prices in one currency; it answers to buyers who trade in it.

    A buyer's own lists are asked in order of `priority` (1 first, then by code; 0 is kept for
    contracts), the seller's default list last.

    A **version** (`version_of`) is a set of prices that stands in for its list from an instant on
    (`live_from`; none while it is being made). Of several the latest that is live counts. It is
    assigned to nobody: whoever has the list has its live version.

    A **computed** list has what another costs times a `factor`, rounded to 10^`round_to` minor
    units; prices of its own come first. Nothing is copied: it is worked out when it is asked.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3, default=CURRENCY)
    priority = models.PositiveIntegerField(default=100)
    is_default = models.BooleanField(default=False)
    version_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="versions",
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1, db_default=1)
    live_from = models.DateTimeField(null=True, blank=True)
    base = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="computed",
        db_index=False,
    )
    factor = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    round_to = models.PositiveSmallIntegerField(default=0, db_default=0)
    rounding = models.CharField(
        max_length=7, choices=Rounding, default=Rounding.NEAREST, db_default=Rounding.NEAREST
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="one_price_list_per_code"),
            models.UniqueConstraint(
                fields=["seller"], condition=Q(is_default=True), name="one_default_price_list"
            ),
            models.CheckConstraint(
                condition=Q(version_of__isnull=True, live_from__isnull=True)
                | Q(version_of__isnull=False, is_default=False, base__isnull=True),
                name="version_is_no_list_of_its_own",
            ),
            models.CheckConstraint(
                condition=Q(base__isnull=True, factor__isnull=True)
                | Q(base__isnull=False, factor__gt=0) & ~Q(base=F("id")),
                name="computed_list_has_base_and_factor",
            ),
            models.CheckConstraint(
                condition=Q(round_to__lte=4, rounding__in=Rounding.values),
                name="price_list_rounding_known",
            ),
            models.CheckConstraint(
                condition=Q(currency__in=list(TRADED)), name="price_list_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(currency=CURRENCY),
                name="default_list_in_our_money",
            ),
        ]
        indexes = [
            models.Index(
                fields=["version_of", "live_from"],
                condition=Q(version_of__isnull=False),
                name="price_list_versions",
            )
        ]

    @property
    def display(self) -> str:
        """The list's name in the reader's language."""
        return in_language(self.name, self.name_zh)

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
