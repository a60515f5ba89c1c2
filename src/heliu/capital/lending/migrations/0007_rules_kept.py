"""A loan keeps the rules of its programme under which it was offered, the seller's duty too."""

from decimal import Decimal

from django.db import migrations, models

# Until now they were read from the programme, which nobody could change.
KEEP = """
update lending_loan l set seller_duty = p.seller_duty, buy_back_share = p.buy_back_share,
       notice_days = p.notice_days, sale_floor = p.sale_floor
  from credit_programme p where p.id = l.programme_id
"""


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [("credit", "0005_modes"), ("lending", "0006_modes")]

    operations = [
        migrations.AddField(
            model_name="loan",
            name="seller_duty",
            field=models.CharField(choices=[("NONE", "None: the lender sells the goods"), ("DIFFERENCE_REFUND", "Refund of their price against the goods"), ("BUY_BACK", "Buying the goods back at a share of their price"), ("RESALE_HELP", "Finding a buyer: the lender sells the goods")], db_default="DIFFERENCE_REFUND", max_length=17),
        ),
        migrations.AddField(
            model_name="loan",
            name="buy_back_share",
            field=models.DecimalField(db_default=Decimal("1"), decimal_places=4, max_digits=5),
        ),
        migrations.AddField(
            model_name="loan",
            name="notice_days",
            field=models.PositiveSmallIntegerField(db_default=3),
        ),
        migrations.AddField(
            model_name="loan",
            name="sale_floor",
            field=models.DecimalField(db_default=Decimal("0.80"), decimal_places=4, max_digits=5),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.CheckConstraint(condition=models.Q(("seller_duty__in", ["NONE", "DIFFERENCE_REFUND", "BUY_BACK", "RESALE_HELP"])), name="loan_duty_known"),
        ),
    ]
