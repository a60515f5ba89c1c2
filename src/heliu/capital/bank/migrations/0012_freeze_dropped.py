"""A freeze that nobody agreed to says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "What old code writes leaves the new column empty."

    dependencies = [
        ('bank', '0011_recalled'),
    ]

    operations = [
        migrations.AddField(
            model_name='freeze',
            name='dropped',
            field=models.CharField(blank=True, db_default='', max_length=9),
        ),
        migrations.AddConstraint(
            model_name='freeze',
            constraint=models.CheckConstraint(condition=models.Q(('dropped', ''), models.Q(('dropped__in', ('WITHDRAWN', 'REFUSED')), ('frozen_at', None)), _connector='OR'), name='freeze_dropped_before_it_held'),
        ),
    ]
