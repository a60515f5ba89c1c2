"""A recurring order may name one of the buyer's addresses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lists", "0003_asked")]
    operations = [
        migrations.AddField("recurringorder", "address", models.UUIDField(blank=True, null=True)),
    ]
