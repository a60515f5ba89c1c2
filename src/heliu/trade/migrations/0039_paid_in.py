"""Steps of a deposit that the dealer pays in itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Choices more; the column stays as it is."

    dependencies = [
        ('trade', '0038_proposals'),
    ]

    operations = [
        migrations.AlterField(
            model_name='dealstep',
            name='step',
            field=models.CharField(choices=[('ORDERED', 'Ordered'), ('ASSESSED', 'Credit decided'), ('QUOTED', 'Limit held'), ('SIGNED', 'Signed'), ('DEPOSIT_PART', 'A part of the deposit paid'), ('DEPOSIT_BOOKED', 'Deposit paid'), ('DISBURSED', 'Loan paid out'), ('OWN_SHARE_MOVED', 'Own share moved'), ('SELLER_PAID', 'Seller paid'), ('BILL_ACCEPTED', 'Bill accepted'), ('CONFIRMED', 'Order confirmed'), ('SHIPPED', 'Shipped'), ('RECEIVED', 'Received'), ('PLEDGED', 'Goods pledged'), ('REPAYMENT_ASKED', 'Repayment ordered'), ('REPAID', 'Repaid'), ('BILL_PAID', 'Bill paid'), ('MARGIN_SET_OFF', 'Margin set off'), ('RELEASED', 'Goods released'), ('PICKED_UP', 'Picked up'), ('CLOSED', 'Closed'), ('REFERRED', 'A person decides'), ('DECIDED', 'Decided by a person'), ('BANK_REJECTED', 'Bank rejected'), ('EXPIRED', 'Quote expired'), ('DEPOSIT_MISSED', 'Deposit not paid in time'), ('CAME_UNASKED', 'Money came unasked'), ('RECEIPT_DIFFERS', 'Short or damaged'), ('STRUCK', 'Struck by the seller'), ('NOT_SHIPPED', 'Not shipped in time'), ('CANCELLED', 'Cancelled'), ('REFUND_ASKED', 'Refund ordered'), ('REFUNDED', 'Refunded'), ('DEPOSIT_RETURNED', 'Deposit returned'), ('UNAPPLIED_RETURNED', 'Overpayment returned'), ('TERMS_PAID', 'Paid on terms'), ('TERMS_CREDITED', 'Credit note'), ('RETURNED', 'Goods given back'), ('TERMS_TAKEN_BACK', 'Payment taken back'), ('DUE_SOON', 'Due soon'), ('OVERDUE', 'Overdue'), ('DEFAULT_NOTICED', 'Notice of default'), ('ENFORCED', 'Enforced'), ('GOODS_GIVEN_UP', 'Goods taken back by the seller'), ('WRITTEN_OFF', 'Written off'), ('SALE_AGREED', 'Sale of the goods agreed'), ('SALE_CALLED_OFF', 'Sale of the goods called off'), ('GOODS_SOLD', 'Goods sold'), ('RECOVERED', 'Paid after writing off'), ('CHANGED', 'Order changed'), ('RECKONED_ANEW', 'Payments reckoned anew'), ('STOCK_OFFERED', 'Stock offered'), ('PAID_OUT', 'Paid out against stock'), ('WARNED', 'Warned: the stock lost value'), ('CALLED', 'Called for cash or goods'), ('CURED', 'Call cured'), ('CALL_LAPSED', 'Call not cured in time'), ('SEARCHED', 'Register searched'), ('CONFLICT_FOUND', "Another's claim found"), ('CONFLICT_ACCEPTED', 'Gone on in spite of a claim'), ('REGISTERED', 'Pledge registered'), ('RENEWED', 'Registration renewed'), ('DISCHARGED', 'Registration struck off'), ('FILING_REFUSED', 'Refused by the registry')], max_length=20),
        ),
    ]
