"""What of a pledge its pledgor brought, and what left in its place."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    reviewed = "The checks hold for every row through the defaults."

    dependencies = [
        ('pledges', '0007_given_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='pledge',
            name='brought_value',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='pledge',
            name='exchanged_value',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='releaseorder',
            name='is_exchanged',
            field=models.BooleanField(db_default=False, default=False),
        ),
        # Until now a swap was known by the key of its release order.
        migrations.RunSQL(
            "update pledges_releaseorder set is_exchanged = true where key like 'swap:%'", ""
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(('brought_value__gte', models.F('exchanged_value')), ('brought_value__lte', models.F('pledged_value'))), name='no_exchange_above_what_was_brought'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(('exchanged_value__gte', 0), ('exchanged_value__lte', django.db.models.expressions.CombinedExpression(models.F('released_value'), '-', models.F('returned_value')))), name='exchanged_is_released'),
        ),
    ]
