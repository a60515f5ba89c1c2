"""Who sends the orders is found in the same call as all else that must be known of them."""

from pathlib import Path

from django.db import migrations

ASKED = (Path(__file__).parent.parent / "sql" / "orders_asked.sql").read_text()
DROP = (
    "drop function if exists trade_orders_asked(text, text[], uuid[], uuid[], text[], text[],"
    " int[], uuid[], bigint[], date, timestamptz, boolean)"
)


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code."
    dependencies = [("trade", "0011_lean"), ("access", "0006_actors")]
    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
        migrations.RunSQL(ASKED, migrations.RunSQL.noop),
    ]
