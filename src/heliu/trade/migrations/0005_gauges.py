"""Figures of the whole for the machine that watches it, without a name or a number in them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "gauges.sql"
NAME = "trade_gauges(timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("trade", "0004_place")]
    operations = [
        migrations.RunSQL(
            [
                SQL.read_text(encoding="utf-8"),
                f"revoke execute on function {NAME} from public",
                f"grant execute on function {NAME} to heliu_web",
            ],
            f"drop function {NAME}",
        )
    ]
