"""Pictures and papers of goods."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heliu.commerce.catalogue.models.placed import Product
from heliu.kernel.files.models import StoredFile
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language


class Role(models.TextChoices):
    """What a paper is for."""

    PICTURE = "PICTURE", _("picture")
    SHEET = "SHEET", _("spec sheet")
    OTHER = "OTHER", _("other file")


class Paper(models.Model):
    """A picture, spec sheet or other file of an article, or of a product with all its variants.

    Seen by whoever sees the article: `file` and its small picture `thumb` are read through it, not
    by a list of readers, because a seller may have thousands of them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, null=True, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=8, choices=Role)
    title = models.CharField(max_length=120, blank=True)
    title_zh = models.CharField(max_length=120, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    thumb_digest = models.CharField(max_length=64, blank=True)
    content_type = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sku=None, product__isnull=False) | Q(sku__isnull=False, product=None),
                name="a_paper_has_one_subject",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.PICTURE) | ~Q(thumb_digest=""),
                name="a_picture_has_a_small_one",
            ),
            models.UniqueConstraint(fields=["sku", "digest"], name="a_paper_once_for_its_article"),
            models.UniqueConstraint(
                fields=["product", "digest"], name="a_paper_once_for_its_product"
            ),
        ]
        indexes = [
            models.Index(fields=["digest"], name="paper_digest"),
        ]

    @property
    def display(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.title, self.title_zh) or self.name
