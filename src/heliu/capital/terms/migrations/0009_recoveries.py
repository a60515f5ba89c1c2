"""Payments that settle what was written off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Old code leaves the column at its default: it books no recoveries."

    dependencies = [("terms", "0008_went_back")]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="is_recovery",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
