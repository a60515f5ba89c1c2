"""A programme may let its dealers pay the deposit in themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The table of programmes is small: the checks read few rows."

    dependencies = [
        ('credit', '0012_one_quota'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='deposit_by',
            field=models.CharField(choices=[('COLLECTED', 'The bank collects it at the signature'), ('PAID_IN', 'The dealer pays it in, naming the loan')], db_default='COLLECTED', default='COLLECTED', max_length=9),
        ),
        migrations.AddField(
            model_name='programme',
            name='deposit_days',
            field=models.PositiveSmallIntegerField(db_default=3, default=3),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_by__in', ['COLLECTED', 'PAID_IN'])), name='programme_deposit_by_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_by', 'COLLECTED'), models.Q(('deposit_days__gt', 0), models.Q(('product', 'INVENTORY'), _negated=True)), _connector='OR'), name='deposit_paid_in_has_days'),
        ),
    ]
