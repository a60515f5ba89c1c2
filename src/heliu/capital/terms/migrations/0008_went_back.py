"""What of the goods that a payment settled came short or was given back."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    reviewed = "The check holds for every row through the default."

    dependencies = [("terms", "0007_lapsed")]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="went_back",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=Q(went_back__gte=0, went_back__lte=F("amount") + F("discount")),
                name="allocation_back_once",
            ),
        ),
    ]
