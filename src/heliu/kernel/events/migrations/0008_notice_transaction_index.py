"""Reading notices on from a transaction."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("events", "0007_settled")]
    operations = [
        AddIndexConcurrently(
            "notice", models.Index(fields=["transaction"], name="notice_transaction")
        ),
    ]
