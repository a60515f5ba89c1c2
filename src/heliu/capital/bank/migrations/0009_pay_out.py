"""A loan against stock is paid out to the borrower itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Choices only: the database does not know them, and old code writes the old ones."

    dependencies = [
        ('bank', '0008_incoming_read'),
    ]

    operations = [
        migrations.AlterField(
            model_name='paymentinstruction',
            name='purpose',
            field=models.CharField(choices=[('DEPOSIT', 'Deposit'), ('DISBURSEMENT', 'Loan paid out'), ('OWN_SHARE', 'Own share moved'), ('PAY_OUT', 'Loan paid out to the borrower'), ('SELLER_PAYMENT', 'Payment to the seller'), ('BILL_PAYMENT', 'Bill paid to its holder'), ('REPAYMENT', 'Repayment'), ('REFUND', 'Refund by the seller'), ('LOAN_BACK', 'Loan returned'), ('DEPOSIT_BACK', 'Deposit returned'), ('UNAPPLIED_BACK', 'Overpayment returned'), ('SALE', 'Pledged goods bought'), ('RETURN', 'Refund for goods given back')], max_length=14),
        ),
    ]
