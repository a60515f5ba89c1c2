"""Up to where everything that was written is there; and notices can be read on by it, too."""

from pathlib import Path

from django.db import migrations

SETTLED = (Path(__file__).parent.parent / "sql" / "events_settled.sql").read_text()
ADD = """alter table events_notice
    add column transaction bigint not null default pg_current_xact_id()::text::bigint"""
TAKE = "alter table events_notice drop column transaction"


class Migration(migrations.Migration):
    dependencies = [("events", "0006_fact_transaction_index")]
    operations = [
        migrations.RunSQL(SETTLED, "drop function events_settled"),
        migrations.RunSQL(ADD, TAKE),
    ]
