"""Accounts are locked before holds are written; holds that never end are in fewer indexes."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
BEFORE = (
    "drop function if exists"
    " posting_place(uuid[], bigint[], bigint[], uuid[], timestamptz[], timestamptz)"
)
PLACE = (
    "posting_place(uuid[], bigint[], bigint[], uuid[], timestamptz[], bigint[], uuid[], uuid[],"
    " timestamptz)"
)
SHORT = "posting_short(bigint[], bigint[], bigint[], bigint[])"
APPLY = (
    "posting_apply(uuid[], text[], text[], date[], uuid[], uuid[], bytea[], int[], bigint[],"
    " bigint[], uuid[], uuid[], bigint[], bigint[], uuid[], timestamptz[], uuid[], timestamptz)"
)


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [("posting", "0007_check")]
    operations = [
        migrations.RunSQL(
            [
                BEFORE,
                (SQL / "place.sql").read_text(),
                f"revoke execute on function {PLACE} from public",
                (SQL / "post.sql").read_text(),
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [
                (SQL / "short.sql").read_text(),
                f"revoke execute on function {SHORT} from public",
                (SQL / "apply.sql").read_text(),
                f"revoke execute on function {APPLY} from public",
                f"grant execute on function {APPLY} to heliu_web, heliu_worker",
            ],
            f"drop function {APPLY}; drop function {SHORT}",
        ),
        migrations.RemoveIndex("hold", "hold_open"),
        migrations.RemoveIndex("hold", "hold_subject"),
        migrations.AddIndex(
            "hold",
            models.Index(
                fields=["account", "expires_at"],
                condition=models.Q(status="OPEN", expires_at__isnull=False),
                name="hold_due",
            ),
        ),
    ]
