"""The search tables of the catalogue."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from heliu.kernel.goods.models import Sku


class Entry(models.Model):
    """The words by which an active SKU is found.

    Kept apart from the goods and without a row policy, because a policed search cannot use its
    index (LIKE is not leakproof). The web role may not read it: it asks `catalogue_seek` and
    `catalogue_lookup`, which join back through the trading relationships. `code` is folded to lower
    case; `title` holds the words of code and names, `text` those and all others; `facets` what it
    can be filtered by (`a.colour=red`); `circles` whom it is for, null where for all. The trigram
    index on `text` is made in SQL, after its extension.
    """

    sku = models.OneToOneField(Sku, on_delete=models.CASCADE, primary_key=True, related_name="+")
    seller = models.UUIDField()
    family = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    barcode = models.CharField(max_length=14, blank=True)
    text = models.TextField()
    title = models.TextField(default="", db_default="")
    facets = ArrayField(models.TextField(), default=list, db_default=[])
    circles = ArrayField(models.UUIDField(), null=True)

    class Meta:
        db_table = "catalogue_entry"
        indexes = [
            models.Index(fields=["seller", "code"], name="entry_code"),
            models.Index(fields=["seller", "barcode"], name="entry_barcode"),
        ]


class Word(models.Model):
    """A Latin word of some entry, for mending slips: `slips` are the word and all it becomes when
    one sign is left out. Two words are one slip apart when they have one of these in common."""

    word = models.CharField(primary_key=True, max_length=60)
    slips = ArrayField(models.TextField())


class Ring(models.Model):
    """Words of a seller that mean the same, in any language; beside those of the house."""

    seller = models.UUIDField()
    words = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(words__len__gte=2), name="a_ring_has_two_words"
            )
        ]
