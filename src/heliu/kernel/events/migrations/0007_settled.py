"""Up to where everything that was written is there; and notices can be read on by it, too."""

from pathlib import Path

from django.db import migrations, models

from heliu.kernel.events.models import THIS_TRANSACTION

SETTLED = (Path(__file__).parent.parent / "sql" / "events_settled.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("events", "0006_fact_transaction_index")]
    operations = [
        migrations.RunSQL(SETTLED, "drop function events_settled"),
        migrations.AddField(
            "notice",
            "transaction",
            models.BigIntegerField(db_default=THIS_TRANSACTION, editable=False),
        ),
    ]
