"""A fact says which transaction wrote it; those of before are as old as this migration."""

from django.db import migrations, models

from heliu.kernel.events.models import THIS_TRANSACTION


class Migration(migrations.Migration):
    dependencies = [("events", "0004_fact_deal")]
    operations = [
        migrations.AddField(
            "fact",
            "transaction",
            models.BigIntegerField(db_default=THIS_TRANSACTION, editable=False),
        ),
    ]
