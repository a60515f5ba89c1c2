"""Reading on from a transaction."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("events", "0005_fact_transaction")]
    operations = [
        AddIndexConcurrently(
            "fact", models.Index(fields=["transaction"], name="fact_transaction")
        ),
    ]
