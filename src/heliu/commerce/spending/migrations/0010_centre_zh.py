"""A cost centre is called in both languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spending", "0009_quote")]
    operations = [
        migrations.AddField(
            "costcentre", "name_zh", models.CharField(blank=True, db_default="", max_length=80)
        )
    ]
