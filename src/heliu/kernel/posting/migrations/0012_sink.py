"""A ceiling that was set below what stands comes down with it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
SINK = "posting_sink(bigint, bigint)"


class Migration(migrations.Migration):
    dependencies = [("posting", "0011_first_day")]
    operations = [
        migrations.RunSQL(
            [
                (SQL / "sink.sql").read_text(),
                f"revoke execute on function {SINK} from public",
                f"grant execute on function {SINK} to heliu_web, heliu_worker",
            ],
            f"drop function {SINK}",
        )
    ]
