"""The modes of a pledged order: what its deposit does, what is lent, what sets its goods free."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('credit', '0003_duty'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='deposit_mode',
            field=models.CharField(choices=[('DOWN_PAYMENT', 'Down payment: it goes to the seller beside the loan'), ('CASH_MARGIN', 'Margin: the lender keeps it, and lends all of the order')], db_default='DOWN_PAYMENT', default='DOWN_PAYMENT', max_length=12),
        ),
        migrations.AddField(
            model_name='programme',
            name='release_mode',
            field=models.CharField(choices=[('PROPORTIONAL', 'The repaid share of the loan'), ('DEPOSIT_FIRST', 'All that was paid in, the deposit included')], db_default='PROPORTIONAL', default='PROPORTIONAL', max_length=13),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_mode__in', ['DOWN_PAYMENT', 'CASH_MARGIN'])), name='programme_deposit_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('release_mode__in', ['PROPORTIONAL', 'DEPOSIT_FIRST'])), name='programme_release_known'),
        ),
    ]
