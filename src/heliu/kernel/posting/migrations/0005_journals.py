"""Journals are judged and written in one statement; plans are the same for few lines and many."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
BEFORE = [
    "drop function if exists posting_judge(text[], int[], bigint[], bigint[])",
    "drop function if exists posting_journals(uuid[], text[], text[], date[], uuid[], uuid[],"
    " bytea[], int[], bigint[], timestamptz)",
]
JOURNALS = (
    "posting_journals(uuid[], text[], text[], date[], uuid[], uuid[], bytea[], int[], bigint[],"
    " bigint[], timestamptz)"
)


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code."
    dependencies = [("posting", "0004_place")]
    operations = [
        migrations.RunSQL(
            [
                *BEFORE,
                (SQL / "journals.sql").read_text(),
                f"revoke execute on function {JOURNALS} from public",
                (SQL / "post.sql").read_text(),
            ],
            migrations.RunSQL.noop,
        )
    ]
