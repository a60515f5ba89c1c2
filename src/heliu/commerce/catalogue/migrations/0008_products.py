"""Products in sheets, and where the sitemaps of the public pages begin."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("ARTICLES", "Articles"),
    ("ATTRIBUTES", "Attributes"),
    ("CATEGORIES", "Categories"),
    ("PACKS", "Packs"),
    ("PRODUCTS", "Products"),
]
SITEMAPS = (Path(__file__).parent.parent / "sql" / "catalogue_sitemaps.sql").read_text()


class Migration(migrations.Migration):
    reviewed = "The table of known kinds grows by one: what old code writes passes."
    dependencies = [("catalogue", "0007_shop")]
    operations = [
        migrations.AlterField(
            "sheetimport", "kind", models.CharField(choices=KINDS, max_length=10)
        ),
        migrations.RemoveConstraint("sheetimport", "sheet_import_kind_known"),
        migrations.AddConstraint(
            "sheetimport",
            models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _ in KINDS]), name="sheet_import_kind_known"
            ),
        ),
        migrations.RunSQL(SITEMAPS, "drop function shop_sitemaps"),
    ]
