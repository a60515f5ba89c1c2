"""A loan keeps within how many days its seller ships."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0009_replays'),
    ]

    operations = [
        migrations.AddField(
            model_name='loan',
            name='ship_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
