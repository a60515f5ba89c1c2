"""A bank takes back within its days what it told by mistake."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "One state more, and no day of taking back: what old code writes meets all of it."

    dependencies = [
        ('bank', '0010_freezes'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='incoming',
            name='incoming_status_known',
        ),
        migrations.AddField(
            model_name='incoming',
            name='recalled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='incoming',
            name='recalls',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='incoming',
            name='status',
            field=models.CharField(choices=[('SUSPENSE', 'In suspense'), ('MATCHED', 'Matched by itself'), ('SETTLED', 'Settled by a person'), ('RECALLED', 'Taken back by the bank')], default='SUSPENSE', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='incoming',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['SUSPENSE', 'MATCHED', 'SETTLED', 'RECALLED'])), name='incoming_status_known'),
        ),
        migrations.AddConstraint(
            model_name='incoming',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('recalled_at', None), models.Q(('status', 'RECALLED'), _negated=True)), models.Q(('recalled_at__isnull', False), ('recalls__gt', 0), models.Q(('status', 'SUSPENSE'), _negated=True)), _connector='OR'), name='incoming_recalled_at_a_time'),
        ),
    ]
