"""Lines of one article wait one after the other; who may not wait is given what lies there."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0059_stuck")]
    operations = [
        migrations.RunSQL(
            [(SQL / f"{name}.sql").read_text() for name in ("waiting", "order_gains")],
            migrations.RunSQL.noop,
        )
    ]
