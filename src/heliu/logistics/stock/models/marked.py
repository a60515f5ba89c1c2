"""Pieces that are told apart: the lot or serial number they carry, where they are, where they were.

Only goods whose article says so (`Sku.tracking`) have any of this.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.logistics.stock.models.rows import StockRow


class Mark(models.Model):
    """What is written on pieces of an article: the number of a lot, or of one piece (`is_serial`).
    `article` is the code of the article, for those who may not see it itself.

    A lot may have a last day on which it is good; after it its pieces are not sent any more.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    seller = models.UUIDField()
    code = models.CharField(max_length=40)
    article = models.CharField(max_length=40)
    is_serial = models.BooleanField()
    good_until = models.DateField(null=True, blank=True)
    came_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "code"], name="a_mark_once_of_its_article"),
            models.CheckConstraint(condition=~Q(code=""), name="a_mark_says_something"),
        ]
        indexes = [models.Index(Upper("code"), name="mark_code")]

    def __str__(self) -> str:
        return self.code


class Away(models.TextChoices):
    """Where marked pieces are that lie in no row of stock."""

    TRANSIT = "transit", _("On the way")
    MISSING = "missing", _("Missing")
    HANDED_OVER = "handed-over", _("Handed over")
    DIFFERENCE = "difference", _("Not found at a count")


class Pieces(models.Model):
    """So many pieces of a mark at one place: in a row of stock, or away (`ref` is what carries
    them). A serial number is at one place at one time; the pieces in a row sum up to its quantity,
    which the database holds when a transaction ends.
    """

    id = models.BigAutoField(primary_key=True)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="pieces")
    is_serial = models.BooleanField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    seller = models.UUIDField()
    owner = models.UUIDField()
    warehouse = models.UUIDField()
    row = models.ForeignKey(StockRow, on_delete=models.PROTECT, null=True, related_name="pieces")
    away = models.CharField(max_length=11, choices=Away, blank=True)
    ref = models.CharField(max_length=40, blank=True)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(away__in=["", *Away.values]), name="away_known"),
            models.CheckConstraint(
                condition=Q(row__isnull=False, away="", ref="") | (Q(row=None) & ~Q(away="")),
                name="pieces_are_at_one_place",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & (Q(is_serial=False) | Q(quantity=1)),
                name="a_serial_is_one_piece",
            ),
            models.UniqueConstraint(
                fields=["mark"], condition=Q(is_serial=True), name="a_serial_is_at_one_place"
            ),
            models.UniqueConstraint(
                fields=["mark", "row", "away", "ref", "owner"],
                name="pieces_of_a_mark_once_at_a_place",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "away", "ref"], name="pieces_away", condition=~Q(away="")),
        ]


class Trace(models.Model):
    """What happened to marked pieces: how many moved, from whom to whom, in whose house, and by
    which shipment, release, return or count (`subject`)."""

    id = models.BigAutoField(primary_key=True)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="traces")
    seller = models.UUIDField()
    kind = models.CharField(max_length=20)
    quantity = models.BigIntegerField()
    giver = models.UUIDField()
    owner = models.UUIDField()
    warehouse = models.UUIDField()
    to_away = models.CharField(max_length=11, choices=Away, blank=True)
    is_damaged = models.BooleanField(default=False)
    subject = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mark", "at"], name="trace_of_mark")]
