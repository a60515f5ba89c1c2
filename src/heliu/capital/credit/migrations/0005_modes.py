"""The modes of a pledged order: what its deposit does, what is lent, what sets its goods free."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('credit', '0004_sale_floor'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='deposit_mode',
            field=models.CharField(choices=[('DOWN_PAYMENT', 'Down payment: it goes to the seller beside the loan'), ('CASH_MARGIN', 'Margin: the lender keeps it, and finances all of the order')], db_default='DOWN_PAYMENT', default='DOWN_PAYMENT', max_length=12),
        ),
        migrations.AddField(
            model_name='programme',
            name='instrument',
            field=models.CharField(choices=[('LOAN', 'A loan'), ('ACCEPTANCE_BILL', 'An accepted bill, paid on its due day')], db_default='LOAN', default='LOAN', max_length=15),
        ),
        migrations.AddField(
            model_name='programme',
            name='release_mode',
            field=models.CharField(choices=[('PROPORTIONAL', 'The repaid share of the loan'), ('DEPOSIT_FIRST', 'All that was paid in, the deposit included')], db_default='PROPORTIONAL', default='PROPORTIONAL', max_length=13),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('instrument__in', ['LOAN', 'ACCEPTANCE_BILL'])), name='programme_instrument_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('instrument', 'ACCEPTANCE_BILL'), _negated=True), models.Q(('deposit_mode', 'CASH_MARGIN'), ('release_mode', 'DEPOSIT_FIRST')), _connector='OR'), name='programme_bill_rests_on_margin'),
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
