"""Days of a chain can be closed; the database refuses lines in them."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from heliu.kernel.access.row_policies import police, read_only

SQL = Path(__file__).parent.parent / "sql"
TRIGGER = """
create trigger open_days after insert on posting_line referencing new table as fresh
    for each statement execute function posting_open_days()
"""


class Migration(migrations.Migration):
    reviewed = "The tables whose rights are taken away are new."
    dependencies = [("posting", "0008_apply"), ("access", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Closed",
            fields=[
                ("chain", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="posting.chain")),
                ("org", models.UUIDField()),
                ("last", models.DateField()),
            ],
        ),
        police("posting_closed", "org"),
        read_only("posting_closed"),
        migrations.RunSQL(
            "revoke insert, update, delete, truncate on posting_closed from heliu_worker",
            "grant insert, update, delete on posting_closed to heliu_worker",
        ),
        migrations.RunSQL(
            [(SQL / "closed.sql").read_text(), (SQL / "post.sql").read_text(), TRIGGER],
            "drop trigger open_days on posting_line; drop function posting_open_days()",
        ),
    ]
