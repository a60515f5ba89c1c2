"""A purchase request keeps which of the buyer's addresses was named."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spending", "0004_wished_days")]
    operations = [
        migrations.AddField("purchaserequest", "address", models.UUIDField(blank=True, null=True)),
    ]
