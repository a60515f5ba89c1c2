"""Issued invoices that have not split the books are found at once."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("vat", "0003_split")]
    operations = [
        AddIndexConcurrently(
            "vatinvoice",
            models.Index(
                condition=Q(("split_on", None), ("status", "ISSUED"), ~Q(("tax", 0))),
                fields=["issued_at"],
                name="vat_to_split",
            ),
        ),
    ]
