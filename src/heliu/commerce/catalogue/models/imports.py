"""Sheets of a catalogue on their way in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heliu.kernel.sheets import BadRow
from heliu.kernel.spool import Import, ImportState
from heliu.kernel.states import known_status


class SheetKind(models.TextChoices):
    """What the rows of a sheet are."""

    ARTICLES = "ARTICLES", _("Articles")
    ATTRIBUTES = "ATTRIBUTES", _("Attributes")
    CATEGORIES = "CATEGORIES", _("Categories")
    PACKS = "PACKS", _("Packs")
    PRODUCTS = "PRODUCTS", _("Products")


class SheetImport(Import):
    """A sheet that a seller brought. A trial (`is_trial`) judges every row and writes none."""

    seller = models.UUIDField()
    kind = models.CharField(max_length=10, choices=SheetKind)
    is_trial = models.BooleanField(default=False)
    line = models.IntegerField(default=1)

    class Meta:
        constraints = [
            known_status("sheet_import_state_known", ImportState, field="state"),
            known_status("sheet_import_kind_known", SheetKind, field="kind"),
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=F("size")), name="sheet_import_in_its_file"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-brought_at"], name="sheet_import_seller"),
            models.Index(
                fields=["brought_at"], condition=Q(state="READING"), name="sheet_import_open"
            ),
        ]


class BadSheetRow(BadRow):
    """A row of a seller's sheet that was left out."""

    sheet_import = models.ForeignKey(
        SheetImport, on_delete=models.CASCADE, related_name="bad_rows", db_index=False
    )
    seller = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["sheet_import", "line"], name="bad_sheet_row")]
