"""Loans against stock."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "A state and a mode more: what old code writes still passes."

    dependencies = [
        ('credit', '0010_margin_rules'),
        ('lending', '0010_short'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='loan',
            name='loan_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='loan',
            name='loan_release_known',
        ),
        migrations.AddField(
            model_name='loan',
            name='margin_rules',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='loan',
            name='release_mode',
            field=models.CharField(choices=[('PROPORTIONAL', 'The repaid share of the loan'), ('DEPOSIT_FIRST', 'All that was paid in, the deposit included'), ('FLOOR', 'What lies there above the floor')], db_default='PROPORTIONAL', default='PROPORTIONAL', max_length=13),
        ),
        migrations.AlterField(
            model_name='loan',
            name='status',
            field=models.CharField(choices=[('REFERRED', 'With the bank'), ('QUOTED', 'To be signed'), ('DECLINED', 'Declined'), ('EXPIRED', 'Expired'), ('AWAIT_DEPOSIT', 'Deposit awaited'), ('AWAIT_GOODS', 'Goods awaited'), ('FUNDED_SHARE', 'Deposit paid'), ('DISBURSING', 'Being paid out'), ('DISBURSED', 'Paid out'), ('PAYING_SELLER', 'Seller being paid'), ('SELLER_PAID', 'Running'), ('OVERDUE', 'Overdue'), ('ENFORCING', 'Being enforced'), ('WRITTEN_OFF', 'Written off'), ('REPAID', 'Repaid'), ('BANK_REJECTED', 'Bank rejected'), ('UNWINDING', 'Being taken back'), ('CANCELLED', 'Cancelled'), ('CLOSED', 'Closed')], max_length=14),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['REFERRED', 'QUOTED', 'DECLINED', 'EXPIRED', 'AWAIT_DEPOSIT', 'AWAIT_GOODS', 'FUNDED_SHARE', 'DISBURSING', 'DISBURSED', 'PAYING_SELLER', 'SELLER_PAID', 'OVERDUE', 'ENFORCING', 'WRITTEN_OFF', 'REPAID', 'BANK_REJECTED', 'UNWINDING', 'CANCELLED', 'CLOSED'])), name='loan_status_known'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('release_mode__in', ['PROPORTIONAL', 'DEPOSIT_FIRST', 'FLOOR'])), name='loan_release_known'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deposit', 0), ('release_mode', 'FLOOR'), ('margin_rules__isnull', False)), models.Q(models.Q(('release_mode', 'FLOOR'), _negated=True), ('margin_rules__isnull', True)), _connector='OR'), name='margin_rules_of_loans_on_stock'),
        ),
    ]
