"""Who sees accounts, payments and notices; what the database itself forbids."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police, read_only

GUARD = (Path(__file__).parent.parent / "sql" / "guard.sql").read_text()
DROP = """
drop trigger guard on bank_paymentinstruction;
drop trigger kept on bank_paymentinstruction;
drop trigger frozen on bank_earmark;
drop trigger frozen on bank_bankaccount;
drop function bank_guard, bank_frozen, bank_keep_notice;
"""


class Migration(migrations.Migration):
    dependencies = [("bank", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("bank_bankaccount", "org", "bank"),
        police("bank_earmark", "dealer", "seller", "lender"),
        police("bank_paymentinstruction", "payer", "payee", "lender"),
        police("bank_banknotice", "lender"),
        police("bank_statement", "org", "bank"),
        police("bank_statementline", "org", "bank"),
        read_only("bank_bankaccount"),
        read_only("bank_banknotice"),
        read_only("bank_statement"),
        read_only("bank_statementline"),
        # The web role writes instructions and earmarks; what becomes of them is the worker's.
        migrations.RunSQL(
            "revoke update, delete, truncate on bank_paymentinstruction, bank_earmark"
            " from heliu_web",
            "grant update, delete on bank_paymentinstruction, bank_earmark to heliu_web",
        ),
        migrations.RunSQL(GUARD, DROP),
    ]
