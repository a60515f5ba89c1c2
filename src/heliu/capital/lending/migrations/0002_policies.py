"""A loan is the borrower's and the lender's; the seller reads the deal's status in trade."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

FROZEN = """
create function lending_repayment_frozen() returns trigger language plpgsql as
$$ begin raise exception 'a repayment is written once' using errcode = 'HL405'; end $$;
create trigger frozen before update or delete or truncate on lending_repayment
    for each statement execute function lending_repayment_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("lending", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("lending_loan", "borrower", "lender"),
        police("lending_repayment", "borrower", "lender"),
        migrations.RunSQL(
            FROZEN,
            "drop trigger frozen on lending_repayment; drop function lending_repayment_frozen();",
        ),
    ]
