"""A cap may be set below what stands: nothing new is lent on it until it fits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credit", "0014_margin_rate")]
    operations = [
        migrations.AddField(
            "cap", "is_sinking", models.BooleanField(db_default=False, default=False)
        )
    ]
