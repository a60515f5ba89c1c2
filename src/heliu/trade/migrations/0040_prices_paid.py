"""Lines of orders ask what is paid (`pricing_paid`), not for all that is shown of it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0039_paid_in"), ("pricing", "0013_paid")]

    operations = [
        migrations.RunSQL(
            [(SQL / f"{name}.sql").read_text() for name in ("line_facts", "order_gains")],
            migrations.RunSQL.noop,
        ),
    ]
