"""The modes of a pledged order: what its deposit does, what is lent, what sets its goods free."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('bank', '0004_sale'),
    ]

    operations = [
        migrations.AlterField(
            model_name='paymentinstruction',
            name='purpose',
            field=models.CharField(choices=[('DEPOSIT', 'Deposit'), ('DISBURSEMENT', 'Loan paid out'), ('OWN_SHARE', 'Own share moved'), ('SELLER_PAYMENT', 'Payment to the seller'), ('BILL_PAYMENT', 'Bill paid to its holder'), ('REPAYMENT', 'Repayment'), ('REFUND', 'Refund by the seller'), ('LOAN_BACK', 'Loan returned'), ('DEPOSIT_BACK', 'Deposit returned'), ('UNAPPLIED_BACK', 'Overpayment returned'), ('SALE', 'Pledged goods bought')], max_length=14),
        ),
    ]
