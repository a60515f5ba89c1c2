"""Disclosures: a lender sees a dealer's trade with other sellers only through one of these."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id


class Disclosure(models.Model):
    """`of` lets `to` read its trade for a purpose until a day; it can be withdrawn."""

    class Purpose(models.TextChoices):
        CREDIT = "CREDIT", _("Credit decision on this and later orders")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    of = models.UUIDField()
    to = models.UUIDField()
    purpose = models.CharField(max_length=12, choices=Purpose)
    consented_by = models.UUIDField(null=True)
    consented_by_name = models.CharField(max_length=80)
    text_digest = models.CharField(max_length=64)
    consented_at = models.DateTimeField()
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["of", "to", "purpose"], name="disclosure_pair")]
