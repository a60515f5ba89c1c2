"""An operator reads what the worker could not deal with yet, and the watching machine counts it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
NAME = "operator_stuck(int)"


class Migration(migrations.Migration):
    dependencies = [("trade", "0058_currency_looked_at"), ("jobs", "0002_stuck")]
    operations = [
        migrations.RunSQL(
            [
                (SQL / "operator_stuck.sql").read_text(),
                (SQL / "gauges.sql").read_text(),
                f"revoke execute on function {NAME} from public",
                f"grant execute on function {NAME} to heliu_web",
            ],
            [f"drop function {NAME}"],
        )
    ]
