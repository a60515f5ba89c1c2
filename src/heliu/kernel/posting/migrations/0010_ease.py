"""A part of a hold can be let go."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
EASE = "posting_ease(uuid[], bigint[], timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("posting", "0009_closed")]
    operations = [
        migrations.RunSQL(
            [
                (SQL / "ease.sql").read_text(),
                f"revoke execute on function {EASE} from public",
                f"grant execute on function {EASE} to heliu_web, heliu_worker",
            ],
            f"drop function {EASE}",
        ),
    ]
