"""Public pages: which goods of a seller everybody sees, and the functions that tell of them."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SHOP = (Path(__file__).parent.parent / "sql" / "catalogue_shop.sql").read_text()


class Migration(migrations.Migration):
    reviewed = "Nobody has a shop yet: its index is there in an instant."
    dependencies = [
        ("catalogue", "0006_imports"),
        ("pricing", "0009_imports"),
        ("parties", "0009_standing"),
    ]
    operations = [
        migrations.AddField(
            model_name="shop",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.category",
            ),
        ),
        migrations.RunSQL(SHOP, migrations.RunSQL.noop),
    ]
