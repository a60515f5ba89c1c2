"""The modes of a pledged order: what its deposit does, what is lent, what sets its goods free."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('lending', '0006_modes'),
        ('trade', '0017_registry'),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "cover_0018.sql").read_text(), (SQL / "cover_0010.sql").read_text()
        ),
        migrations.AlterField(
            model_name='dealstep',
            name='step',
            field=models.CharField(choices=[('ORDERED', 'Ordered'), ('ASSESSED', 'Credit decided'), ('QUOTED', 'Limit held'), ('SIGNED', 'Signed'), ('DEPOSIT_BOOKED', 'Deposit paid'), ('DISBURSED', 'Loan paid out'), ('OWN_SHARE_MOVED', 'Own share moved'), ('SELLER_PAID', 'Seller paid'), ('BILL_ACCEPTED', 'Bill accepted'), ('CONFIRMED', 'Order confirmed'), ('SHIPPED', 'Shipped'), ('RECEIVED', 'Received'), ('PLEDGED', 'Goods pledged'), ('REPAYMENT_ASKED', 'Repayment ordered'), ('REPAID', 'Repaid'), ('BILL_PAID', 'Bill paid'), ('MARGIN_SET_OFF', 'Margin set off'), ('RELEASED', 'Goods released'), ('PICKED_UP', 'Picked up'), ('CLOSED', 'Closed'), ('REFERRED', 'A person decides'), ('DECIDED', 'Decided by a person'), ('BANK_REJECTED', 'Bank rejected'), ('EXPIRED', 'Quote expired'), ('RECEIPT_DIFFERS', 'Short or damaged'), ('CANCELLED', 'Cancelled'), ('REFUND_ASKED', 'Refund ordered'), ('REFUNDED', 'Refunded'), ('DEPOSIT_RETURNED', 'Deposit returned'), ('UNAPPLIED_RETURNED', 'Overpayment returned'), ('TERMS_PAID', 'Paid on terms'), ('DUE_SOON', 'Due soon'), ('OVERDUE', 'Overdue'), ('DEFAULT_NOTICED', 'Notice of default'), ('ENFORCED', 'Enforced'), ('GOODS_GIVEN_UP', 'Goods taken back by the seller'), ('WRITTEN_OFF', 'Written off'), ('SALE_AGREED', 'Sale of the goods agreed'), ('SALE_CALLED_OFF', 'Sale of the goods called off'), ('GOODS_SOLD', 'Goods sold'), ('RECOVERED', 'Paid after writing off'), ('SEARCHED', 'Register searched'), ('CONFLICT_FOUND', "Another's claim found"), ('CONFLICT_ACCEPTED', 'Gone on in spite of a claim'), ('REGISTERED', 'Pledge registered'), ('RENEWED', 'Registration renewed'), ('DISCHARGED', 'Registration struck off'), ('FILING_REFUSED', 'Refused by the registry')], max_length=20),
        ),
    ]
