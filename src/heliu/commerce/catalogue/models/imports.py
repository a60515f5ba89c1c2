"""Sheets of a catalogue on their way in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heliu.commerce.pricing.models import ImportState
from heliu.kernel.errors import filled
from heliu.kernel.ids import new_id
from heliu.kernel.states import known_status


class SheetKind(models.TextChoices):
    """What the rows of a sheet are."""

    ARTICLES = "ARTICLES", _("Articles")
    ATTRIBUTES = "ATTRIBUTES", _("Attributes")
    CATEGORIES = "CATEGORIES", _("Categories")
    PACKS = "PACKS", _("Packs")


class SheetImport(models.Model):
    """A sheet that a seller brought. It is read in chunks; each is one transaction with `offset`
    (bytes of the kept file) and `line` behind it, so that whoever reads on after a crash begins
    where the last one was committed. `taken` and `bad` count rows. A trial (`is_trial`) judges
    every row and writes none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    kind = models.CharField(max_length=10, choices=SheetKind)
    name = models.CharField(max_length=120)
    size = models.BigIntegerField()
    is_trial = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.READING)
    offset = models.BigIntegerField(default=0)
    line = models.IntegerField(default=1)
    taken = models.IntegerField(default=0)
    bad = models.IntegerField(default=0)
    brought_at = models.DateTimeField()
    brought_by = models.UUIDField(null=True, blank=True)
    brought_by_name = models.CharField(max_length=80)
    done_at = models.DateTimeField(null=True, blank=True)

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

    @property
    def percent(self) -> int:
        """How much of the sheet is read."""
        return self.offset * 100 // self.size if self.size else 0


class BadSheetRow(models.Model):
    """A row that was left out: where, by which refusal, and its cells as they were."""

    sheet_import = models.ForeignKey(
        SheetImport, on_delete=models.CASCADE, related_name="bad_rows", db_index=False
    )
    seller = models.UUIDField()
    line = models.IntegerField()
    reason = models.CharField(max_length=40)
    message = models.TextField(blank=True)
    places = models.JSONField(default=dict)
    cells = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["sheet_import", "line"], name="bad_sheet_row")]

    @property
    def words(self) -> str:
        """Why it was left out, in the reader's language."""
        return filled(gettext(self.message), self.places) if self.message else self.reason
