"""The laws are checked with less written to disk: journals are named once they are found broken."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("posting", "0006_verify")]
    operations = [
        migrations.RunSQL((SQL / "check.sql").read_text(), migrations.RunSQL.noop),
    ]
