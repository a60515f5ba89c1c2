"""A loan keeps how its deposit comes, and where and by which day it is paid in."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The checks hold for every row through the defaults; the table is read once."

    dependencies = [
        ('credit', '0013_paid_in'),
        ('lending', '0011_on_stock'),
    ]

    operations = [
        migrations.AddField(
            model_name='loan',
            name='deposit_by',
            field=models.CharField(choices=[('COLLECTED', 'The bank collects it at the signature'), ('PAID_IN', 'The dealer pays it in, naming the loan')], db_default='COLLECTED', default='COLLECTED', max_length=9),
        ),
        migrations.AddField(
            model_name='loan',
            name='deposit_days',
            field=models.PositiveSmallIntegerField(db_default=3, default=3),
        ),
        migrations.AddField(
            model_name='loan',
            name='deposit_until',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='loan',
            name='pay_into',
            field=models.CharField(blank=True, db_default='', max_length=34),
        ),
        migrations.AddIndex(
            model_name='loan',
            index=models.Index(condition=models.Q(('deposit_until__isnull', False), ('status', 'AWAIT_DEPOSIT')), fields=['deposit_until'], name='loan_deposit_until'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_by__in', ['COLLECTED', 'PAID_IN'])), name='loan_deposit_by_known'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deposit_until', None), ('pay_into', '')), models.Q(('deposit_by', 'PAID_IN'), ('deposit_until__isnull', False), models.Q(('pay_into', ''), _negated=True)), _connector='OR'), name='deposit_paid_in_by_a_day'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'AWAIT_DEPOSIT'), _negated=True), ('unapplied', 0), models.Q(('deposit_until__isnull', False), ('unapplied__lt', django.db.models.expressions.CombinedExpression(models.F('deposit'), '+', models.F('fee')))), _connector='OR'), name='deposit_awaited_is_short'),
        ),
    ]
