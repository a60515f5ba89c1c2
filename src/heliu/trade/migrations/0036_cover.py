"""Goods of a loan against stock cover it by what may be lent against them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0035_pools"), ("lending", "0011_on_stock")]
    operations = [
        migrations.RunSQL(
            (SQL / "cover.sql").read_text(), (SQL / "cover_0018.sql").read_text()
        )
    ]
