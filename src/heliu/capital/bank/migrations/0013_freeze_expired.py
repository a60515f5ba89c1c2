"""A freeze that nobody agreed to in time says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The constraint lets through all that it did; the table holds few rows."

    dependencies = [
        ('bank', '0012_freeze_dropped'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='freeze',
            name='freeze_dropped_before_it_held',
        ),
        migrations.AddConstraint(
            model_name='freeze',
            constraint=models.CheckConstraint(condition=models.Q(('dropped', ''), models.Q(('dropped__in', ('WITHDRAWN', 'REFUSED', 'EXPIRED')), ('frozen_at', None)), _connector='OR'), name='freeze_dropped_before_it_held'),
        ),
    ]
