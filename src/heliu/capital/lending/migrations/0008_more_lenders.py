"""The quotas and caps of its lender that a loan counts on."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0008_more_lenders"),
        ('books', '0006_more_lenders'),
        ("lending", "0007_rules_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name='loan',
            name='caps',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), db_default=[], default=list),
        ),
    ]
