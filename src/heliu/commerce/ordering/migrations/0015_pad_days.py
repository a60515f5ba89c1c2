"""A cart knows where it goes, and on which days its lines are wished."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ordering", "0014_bound")]
    operations = [
        migrations.AddField("cart", "address", models.UUIDField(blank=True, null=True)),
        migrations.AddField("cartline", "parts", models.JSONField(blank=True, null=True)),
    ]
