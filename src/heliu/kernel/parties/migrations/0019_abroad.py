"""Those who trade in another currency are found at once; mostly there are none."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("parties", "0018_currency")]
    operations = [
        AddIndexConcurrently(
            "tradingrelationship",
            models.Index(
                condition=~models.Q(currency="CNY"),
                fields=["buyer", "seller"],
                name="relationship_abroad",
            ),
        ),
    ]
