"""Why orders on terms are stopped, where the facts of an order read it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("parties", "0007_more_lenders"),
    ]

    operations = [
        migrations.AddField(
            model_name='tradingrelationship',
            name='terms_stop',
            field=models.CharField(blank=True, max_length=8, null=True),
        ),
    ]
