"""A lender chooses for how many months its claim on pledged goods is registered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The table of programmes is small, and what stands has the default."

    dependencies = [("credit", "0015_sinking")]

    operations = [
        migrations.AddField(
            "programme",
            "register_months",
            models.PositiveSmallIntegerField(db_default=12, default=12),
        ),
        migrations.AddConstraint(
            "programme",
            models.CheckConstraint(
                condition=models.Q(("register_months__gte", 1), ("register_months__lte", 360)),
                name="registered_as_the_registry_takes",
            ),
        ),
    ]
