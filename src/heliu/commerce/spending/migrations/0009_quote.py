"""A purchase request may be for what a seller offered: it becomes an order at those prices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spending", "0008_joined")]
    operations = [
        migrations.AddField("purchaserequest", "quote", models.UUIDField(blank=True, null=True)),
    ]
