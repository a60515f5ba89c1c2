"""The seller writes down what a buyer paid on terms: a step of the deal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Choices only: nothing changes in the database."

    dependencies = [
        ('trade', '0013_unapplied_back'),
    ]

    operations = [
        migrations.AlterField(
            model_name='dealstep',
            name='step',
            field=models.CharField(choices=[('ORDERED', 'Ordered'), ('ASSESSED', 'Credit decided'), ('QUOTED', 'Limit held'), ('SIGNED', 'Signed'), ('DEPOSIT_BOOKED', 'Deposit paid'), ('DISBURSED', 'Loan paid out'), ('OWN_SHARE_MOVED', 'Own share moved'), ('SELLER_PAID', 'Seller paid'), ('CONFIRMED', 'Order confirmed'), ('SHIPPED', 'Shipped'), ('RECEIVED', 'Received'), ('PLEDGED', 'Goods pledged'), ('REPAYMENT_ASKED', 'Repayment ordered'), ('REPAID', 'Repaid'), ('RELEASED', 'Goods released'), ('PICKED_UP', 'Picked up'), ('CLOSED', 'Closed'), ('REFERRED', 'A person decides'), ('DECIDED', 'Decided by a person'), ('BANK_REJECTED', 'Bank rejected'), ('EXPIRED', 'Quote expired'), ('RECEIPT_DIFFERS', 'Short or damaged'), ('CANCELLED', 'Cancelled'), ('REFUND_ASKED', 'Refund ordered'), ('REFUNDED', 'Refunded'), ('DEPOSIT_RETURNED', 'Deposit returned'), ('UNAPPLIED_RETURNED', 'Overpayment returned'), ('TERMS_PAID', 'Paid on terms'), ('DUE_SOON', 'Due soon'), ('OVERDUE', 'Overdue')], max_length=20),
        ),
    ]
