"""By what the pieces of an article are told apart: nothing, lots, serial numbers."""

from django.db import migrations, models
from django.db.models import Q

CHOICES = [("", "not told apart"), ("LOT", "by lot"), ("SERIAL", "by serial number")]


class Migration(migrations.Migration):
    reviewed = "Old code does not write the column, and what it holds then keeps the constraint."
    dependencies = [("goods", "0004_restricted")]
    operations = [
        migrations.AddField(
            "sku",
            "tracking",
            models.CharField(blank=True, choices=CHOICES, db_default="", default="", max_length=6),
        ),
        migrations.AddConstraint(
            "sku",
            models.CheckConstraint(
                condition=Q(tracking__in=["", "LOT", "SERIAL"]), name="tracking_known"
            ),
        ),
    ]
