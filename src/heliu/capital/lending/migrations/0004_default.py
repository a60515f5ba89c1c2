"""Loans in default: notice, enforcement, writing off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('credit', '0003_duty'),
        ('lending', '0003_room'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='loan',
            name='loan_status_known',
        ),
        migrations.RemoveIndex(
            model_name='loan',
            name='loan_due',
        ),
        migrations.AddField(
            model_name='loan',
            name='default_noticed_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='loan',
            name='written_off_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='loan',
            name='status',
            field=models.CharField(choices=[('REFERRED', 'With the bank'), ('QUOTED', 'To be signed'), ('DECLINED', 'Declined'), ('EXPIRED', 'Expired'), ('AWAIT_DEPOSIT', 'Deposit awaited'), ('FUNDED_SHARE', 'Deposit paid'), ('DISBURSING', 'Being paid out'), ('DISBURSED', 'Paid out'), ('PAYING_SELLER', 'Seller being paid'), ('SELLER_PAID', 'Running'), ('OVERDUE', 'Overdue'), ('ENFORCING', 'Being enforced'), ('WRITTEN_OFF', 'Written off'), ('REPAID', 'Repaid'), ('BANK_REJECTED', 'Bank rejected'), ('UNWINDING', 'Being taken back'), ('CANCELLED', 'Cancelled'), ('CLOSED', 'Closed')], max_length=14),
        ),
        migrations.AddIndex(
            model_name='loan',
            index=models.Index(condition=models.Q(('status__in', ['SELLER_PAID', 'OVERDUE', 'ENFORCING'])), fields=['due_on'], name='loan_due'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['REFERRED', 'QUOTED', 'DECLINED', 'EXPIRED', 'AWAIT_DEPOSIT', 'FUNDED_SHARE', 'DISBURSING', 'DISBURSED', 'PAYING_SELLER', 'SELLER_PAID', 'OVERDUE', 'ENFORCING', 'WRITTEN_OFF', 'REPAID', 'BANK_REJECTED', 'UNWINDING', 'CANCELLED', 'CLOSED'])), name='loan_status_known'),
        ),
    ]
