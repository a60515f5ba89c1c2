"""Indexes no longer name the quantity, so a movement updates its rows within their page."""

from django.db import migrations, models
from django.db.models.lookups import GreaterThan

ROOM = "alter table stock_stockrow set (fillfactor = 70)"


class Migration(migrations.Migration):
    reviewed = "Before the first release: the table may be rewritten and its old indexes dropped."
    dependencies = [("goods", "0002_policies"), ("stock", "0003_available")]
    operations = [
        migrations.RemoveIndex("stockrow", "stock_first_in"),
        migrations.RemoveIndex("stockrow", "stock_in_bin"),
        migrations.RunSQL(ROOM, "alter table stock_stockrow reset (fillfactor)"),
        migrations.AddField(
            "stockrow",
            "has_goods",
            models.GeneratedField(
                expression=GreaterThan(models.F("quantity"), 0),
                output_field=models.BooleanField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "stockrow",
            models.Index(
                fields=["owner", "warehouse", "sku", "since"],
                name="stock_oldest_first",
                condition=models.Q(has_goods=True),
            ),
        ),
        migrations.AddIndex(
            "stockrow",
            models.Index(
                fields=["warehouse", "bin"],
                name="stock_lying_in_bin",
                condition=models.Q(has_goods=True),
            ),
        ),
    ]
