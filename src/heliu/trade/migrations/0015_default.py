"""Deals that end in default, and the steps there."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ("trade", "0014_terms_paid"),
    ]

    operations = [
        *[
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in ("cover_0010", "operator")
        ],
        migrations.RemoveConstraint(
            model_name="deal",
            name="deal_outcome_known",
        ),
        migrations.AlterField(
            model_name="deal",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("OPEN", "Under way"),
                    ("CLOSED", "Closed"),
                    ("CANCELLED", "Cancelled"),
                    ("DEFAULTED", "Ended in default"),
                ],
                default="OPEN",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="dealstep",
            name="step",
            field=models.CharField(
                choices=[
                    ("ORDERED", "Ordered"),
                    ("ASSESSED", "Credit decided"),
                    ("QUOTED", "Limit held"),
                    ("SIGNED", "Signed"),
                    ("DEPOSIT_BOOKED", "Deposit paid"),
                    ("DISBURSED", "Loan paid out"),
                    ("OWN_SHARE_MOVED", "Own share moved"),
                    ("SELLER_PAID", "Seller paid"),
                    ("CONFIRMED", "Order confirmed"),
                    ("SHIPPED", "Shipped"),
                    ("RECEIVED", "Received"),
                    ("PLEDGED", "Goods pledged"),
                    ("REPAYMENT_ASKED", "Repayment ordered"),
                    ("REPAID", "Repaid"),
                    ("RELEASED", "Goods released"),
                    ("PICKED_UP", "Picked up"),
                    ("CLOSED", "Closed"),
                    ("REFERRED", "A person decides"),
                    ("DECIDED", "Decided by a person"),
                    ("BANK_REJECTED", "Bank rejected"),
                    ("EXPIRED", "Quote expired"),
                    ("RECEIPT_DIFFERS", "Short or damaged"),
                    ("CANCELLED", "Cancelled"),
                    ("REFUND_ASKED", "Refund ordered"),
                    ("REFUNDED", "Refunded"),
                    ("DEPOSIT_RETURNED", "Deposit returned"),
                    ("UNAPPLIED_RETURNED", "Overpayment returned"),
                    ("TERMS_PAID", "Paid on terms"),
                    ("DUE_SOON", "Due soon"),
                    ("OVERDUE", "Overdue"),
                    ("DEFAULT_NOTICED", "Notice of default"),
                    ("ENFORCED", "Enforced"),
                    ("GOODS_GIVEN_UP", "Goods taken back by the seller"),
                    ("WRITTEN_OFF", "Written off"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["OPEN", "CLOSED", "CANCELLED", "DEFAULTED"])),
                name="deal_outcome_known",
            ),
        ),
    ]
