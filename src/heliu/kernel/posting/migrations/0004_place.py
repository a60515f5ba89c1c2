"""Holds are written in one statement and asked why not only when some were not."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
NOT_PLACED = "posting_not_placed(uuid[], bigint[], bigint[], uuid[], uuid[])"


class Migration(migrations.Migration):
    dependencies = [("posting", "0003_lock")]
    operations = [
        migrations.RunSQL(
            [
                (SQL / "not_placed.sql").read_text(),
                f"revoke execute on function {NOT_PLACED} from public",
            ],
            f"drop function {NOT_PLACED}",
        ),
        migrations.RunSQL((SQL / "place.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "post.sql").read_text(), migrations.RunSQL.noop),
    ]
