"""Rows for owner, keeper and pledgee; promises for owner and keeper; quantities for those who know."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("stock", "0001_initial"),
        ("access", "0001_initial"),
        ("parties", "0002_policies"),
        ("posting", "0001_initial"),
    ]
    operations = [
        police("stock_promised", "owner", "warehouse"),
        police("stock_stockrow", "owner", "warehouse", "pledgee"),
        migrations.RunSQL((SQL / "available_0007.sql").read_text(), "drop function stock_available"),
        migrations.RunSQL((SQL / "check.sql").read_text(), "drop function stock_check"),
    ]
