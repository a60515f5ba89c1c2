"""The board of a large seller's receivables reads what it shows."""

from pathlib import Path

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parent.parent / "sql" / "board.sql"
FUNCTION = "terms_board(uuid, date, text, int, int, int[])"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("terms", "0005_instalments")]
    operations = [
        AddIndexConcurrently(
            "invoice",
            models.Index(
                fields=["seller", "due_on"],
                include=[
                    "buyer", "amount", "paid", "credited", "discounted", "written_off",
                ],
                condition=Q(settled_on=None),
                name="invoice_due",
            ),
        ),
        AddIndexConcurrently(
            "terms",
            models.Index(fields=["seller"], condition=~Q(stop=""), name="terms_stopped"),
        ),
        migrations.RunSQL(
            [
                SQL.read_text(encoding="utf-8"),
                f"revoke all on function {FUNCTION} from public",
                f"grant execute on function {FUNCTION} to heliu_web, heliu_worker",
            ],
            f"drop function {FUNCTION}",
        ),
    ]
