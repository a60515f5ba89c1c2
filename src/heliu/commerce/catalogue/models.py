"""The search table of the catalogue."""

from __future__ import annotations

from django.db import models

from heliu.kernel.goods.models import Sku


class Entry(models.Model):
    """The words by which an active SKU is found.

    Kept apart from the goods and without a row policy, because a policed search cannot use its
    index (LIKE is not leakproof). The web role may not read it: it asks `catalogue_find` and
    `catalogue_match`, which join back through the trading relationships. `code` is folded to lower
    case; the trigram index on `text` is made in SQL, after its extension.
    """

    sku = models.OneToOneField(Sku, on_delete=models.CASCADE, primary_key=True, related_name="+")
    seller = models.UUIDField()
    family = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    barcode = models.CharField(max_length=14, blank=True)
    text = models.TextField()

    class Meta:
        db_table = "catalogue_entry"
        indexes = [
            models.Index(fields=["seller", "code"], name="entry_code"),
            models.Index(fields=["seller", "barcode"], name="entry_barcode"),
        ]
