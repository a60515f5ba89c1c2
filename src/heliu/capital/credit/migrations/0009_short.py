"""Within how many days the seller ships, or refunds."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credit', '0008_more_lenders'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='ship_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
