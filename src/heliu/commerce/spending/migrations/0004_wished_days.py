"""A purchase request carries the days on which its goods are wished, as the order will."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spending", "0003_behalf")]
    operations = [
        migrations.AddField("purchaserequest", "wanted_on", models.DateField(blank=True, null=True)),
        migrations.AddField("requestline", "wanted_on", models.DateField(blank=True, null=True)),
    ]
