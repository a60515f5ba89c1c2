"""A loan keeps for how many months the claim on its goods is registered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lending", "0014_paid_out_anew")]

    operations = [
        migrations.AddField(
            "loan", "register_months", models.PositiveSmallIntegerField(db_default=12, default=12)
        )
    ]
