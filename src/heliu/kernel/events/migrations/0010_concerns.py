"""A house finds the facts that concern it without looking at those of others."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

NOTE = (Path(__file__).parent.parent / "sql" / "note_concerns.sql").read_text()
FUNCTION = "events_note_concerns(int)"
GRANTS = [
    f"revoke execute on function {FUNCTION} from public",
    f"grant execute on function {FUNCTION} to heliu_worker",
]


class Migration(migrations.Migration):
    dependencies = [("events", "0009_notice_person"), ("access", "0002_policies")]
    operations = [
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("pk", models.CompositePrimaryKey("org", "fact", blank=True, editable=False, primary_key=True, serialize=False)),
                ("org", models.UUIDField()),
                ("fact", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="concerns", to="events.fact")),
            ],
        ),
        migrations.CreateModel(
            name="ConcernMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("upto", models.BigIntegerField()),
            ],
        ),
        police("events_concern", "org"),
        migrations.RunSQL("insert into events_concernmark (upto) values (0)", migrations.RunSQL.noop),
        migrations.RunSQL([NOTE, *GRANTS], f"drop function {FUNCTION}"),
    ]
