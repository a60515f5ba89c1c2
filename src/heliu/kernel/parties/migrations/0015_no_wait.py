"""Those who may not wait are found at once; mostly there are none."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("parties", "0014_waiting")]
    operations = [
        AddIndexConcurrently(
            "tradingrelationship",
            models.Index(
                condition=models.Q(may_wait=False),
                fields=["buyer", "seller"],
                name="relationship_no_wait",
            ),
        ),
    ]
