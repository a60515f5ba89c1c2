"""Of a discount for paying early, what was for goods that came short or were given back."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    reviewed = "The check holds for every row through the default."

    dependencies = [("terms", "0006_board")]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="lapsed",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=Q(lapsed__gte=0, lapsed__lte=F("discount")),
                name="allocation_lapsed_part",
            ),
        ),
    ]
