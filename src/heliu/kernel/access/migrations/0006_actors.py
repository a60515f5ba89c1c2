"""Whom tokens stand for in one row: for whom they act and what they see goes on in the database."""

from pathlib import Path

from django.db import migrations

ACTORS = (Path(__file__).parent.parent / "sql" / "access_actors.sql").read_text()
DROP = "drop function if exists access_actors(bytea[], timestamptz)"


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code."
    dependencies = [("access", "0005_actors")]
    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
        migrations.RunSQL(ACTORS, migrations.RunSQL.noop),
    ]
