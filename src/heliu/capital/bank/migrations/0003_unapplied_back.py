"""Money paid too much goes back to the dealer: a purpose at the bank."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Choices only: nothing changes in the database."

    dependencies = [
        ('bank', '0002_policies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='paymentinstruction',
            name='purpose',
            field=models.CharField(choices=[('DEPOSIT', 'Deposit'), ('DISBURSEMENT', 'Loan paid out'), ('OWN_SHARE', 'Own share moved'), ('SELLER_PAYMENT', 'Payment to the seller'), ('REPAYMENT', 'Repayment'), ('REFUND', 'Refund by the seller'), ('LOAN_BACK', 'Loan returned'), ('DEPOSIT_BACK', 'Deposit returned'), ('UNAPPLIED_BACK', 'Overpayment returned')], max_length=14),
        ),
    ]
