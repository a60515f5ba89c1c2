"""What one order must come to, by seller and by relationship, where the facts of an order read it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0011_stand")]
    operations = [
        migrations.AddField(
            "organization", "least_order", models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "tradingrelationship", "least_order", models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "tradingrelationship", "least_is_own", models.BooleanField(db_default=False, default=False)
        ),
    ]
