"""Files of prices, and the rows of them that were left out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from heliu.commerce.pricing.models.lists import PriceList
from heliu.kernel.spool import Import, ImportState
from heliu.kernel.states import known_status


class PriceImport(Import):
    """A file of prices on its way into a version of a list that is not live yet.

    Without bad rows the version goes live at `live_from`, if one was named; with them a person
    decides. `keep_others` takes over what the file does not name from the live version.
    """

    seller = models.UUIDField()
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="imports")
    version = models.ForeignKey(
        PriceList, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    keep_others = models.BooleanField(default=False)
    live_from = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            known_status("price_import_state_known", ImportState, field="state"),
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=F("size")), name="price_import_in_its_file"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-brought_at"], name="price_import_seller"),
            models.Index(
                fields=["brought_at"], condition=Q(state="READING"), name="price_import_open"
            ),
        ]


class BadPriceRow(models.Model):
    """A row of a file that was left out: where, why, and as it was."""

    price_import = models.ForeignKey(
        PriceImport, on_delete=models.CASCADE, related_name="bad_rows", db_index=False
    )
    seller = models.UUIDField()
    line = models.IntegerField()
    reason = models.CharField(max_length=20)
    raw = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["price_import", "line"], name="bad_price_row")]
