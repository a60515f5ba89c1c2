"""What can be sold and stocked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language, is_chinese


class UnitOfMeasure(models.Model):
    """A unit with its scale: 1 of it is 10**scale of the smallest unit, in which stock is kept."""

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)
    scale = models.SmallIntegerField(default=0)

    @property
    def display(self) -> str:
        """The unit's word in the reader's language."""
        return self.name_zh if is_chinese() else self.name


class Family(models.Model):
    """A family of goods: one line of the catalogue's filter."""

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)

    @property
    def display(self) -> str:
        """The family's word in the reader's language."""
        return self.name_zh if is_chinese() else self.name


class Tracking(models.TextChoices):
    """How pieces of an article are told apart: not at all, by lot, each by its number."""

    NONE = "", _("not told apart")
    LOT = "LOT", _("by lot")
    SERIAL = "SERIAL", _("by serial number")


class Sku(models.Model):
    """A sellable, stockable variant of a seller's goods. Seen through a trading relationship.

    `case_quantity` tells how many smallest units a case holds; it informs whoever orders and binds
    nobody: goods are ordered and kept in smallest units. What binds is `order_minimum`, the least
    that is ordered at once, and `order_multiple`, the packs in which it is (1: any number).
    Restricted goods are for the buyers in one of their circles only (`commerce/catalogue`). With
    `tracking` its pieces are told apart wherever they lie (`logistics/stock/marks.py`); it changes
    only while none lies anywhere, which the database holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    code = models.CharField(max_length=40)
    barcode = models.CharField(max_length=14, blank=True)
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    family = models.ForeignKey(Family, on_delete=models.PROTECT)
    unit = models.ForeignKey(UnitOfMeasure, on_delete=models.PROTECT)
    case_quantity = models.PositiveIntegerField(default=1)
    order_minimum = models.PositiveIntegerField(default=1, db_default=1)
    order_multiple = models.PositiveIntegerField(default=1, db_default=1)
    external_id = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    is_restricted = models.BooleanField(default=False, db_default=False)
    tracking = models.CharField(
        max_length=6, blank=True, choices=Tracking, default=Tracking.NONE, db_default=""
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="one_sku_per_code"),
            models.CheckConstraint(
                condition=models.Q(case_quantity__gt=0), name="case_holds_something"
            ),
            models.CheckConstraint(
                condition=models.Q(order_minimum__gt=0, order_multiple__gt=0),
                name="ordered_in_whole_packs",
            ),
            models.CheckConstraint(
                condition=models.Q(tracking__in=Tracking.values), name="tracking_known"
            ),
        ]
        indexes = [models.Index(fields=["seller", "family", "code"], name="sku_family")]

    @property
    def display(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_zh)

    def __str__(self) -> str:
        return f"{self.code} {self.display}"
