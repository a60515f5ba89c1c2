"""Prices of goods, one row for each time somebody quoted one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Sku
from heliu.kernel.states import known_status


class Source(models.TextChoices):
    """Where a price comes from."""

    CLEARED = "CLEARED", _("What buyers paid here")
    LIST = "LIST", _("The supplier's list")
    INDEX = "INDEX", _("A price index")
    LENDER = "LENDER", _("Brought by the lender")


class Price(models.Model):
    """What goods cost, in fen for their smallest unit, when it was quoted, and how sure its source
    is, in per cent.

    `lender` is the bank that brought it, for its own loans; empty is the market's, for everybody.
    One that jumped is not `is_confirmed` until a second source says about the same. Nothing else of
    it ever changes.
    """

    id = models.BigAutoField(primary_key=True)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", db_index=False)
    lender = models.UUIDField(null=True, blank=True)
    source = models.CharField(max_length=7, choices=Source)
    amount = models.BigIntegerField()
    confidence = models.PositiveSmallIntegerField(default=100)
    quoted_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=80)
    is_confirmed = models.BooleanField()

    class Meta:
        constraints = [
            known_status("price_source_known", Source, field="source"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, confidence__gte=1, confidence__lte=100),
                name="price_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(source=Source.LENDER, lender__isnull=False)
                | ~models.Q(source=Source.LENDER) & models.Q(lender=None),
                name="own_prices_are_a_lenders",
            ),
            models.UniqueConstraint(
                fields=["sku", "lender", "source", "quoted_at"],
                name="one_price_per_source_and_time",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku", "lender", "is_confirmed", "-quoted_at"], name="price_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.amount} {self.source}"
