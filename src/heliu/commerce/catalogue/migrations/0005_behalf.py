"""Whoever orders in a customer's name finds that customer's goods of its own house."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_search")]
    operations = [
        migrations.RunSQL((SQL / f"{name}.sql").read_text(), migrations.RunSQL.noop)
        for name in ("catalogue_sellers", "catalogue_circles")
    ]
