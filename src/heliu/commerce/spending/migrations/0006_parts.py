"""A line of a request may be wished in parts, each by its day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spending", "0005_address")]
    operations = [
        migrations.AddField("requestline", "parts", models.JSONField(blank=True, null=True)),
    ]
