"""Who may not wait for goods is told of those that lie there."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("stock", "0007_back_orders"), ("parties", "0015_no_wait")]
    operations = [
        migrations.RunSQL(
            (SQL / f"{name}.sql").read_text(), (SQL / f"{name}_0007.sql").read_text()
        )
        for name in ("available", "outlook")
    ]
