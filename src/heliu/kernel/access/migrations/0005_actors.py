"""Tokens, desks and trees looked up as sets: the lane asks for all that wait at once."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("access", "0004_failed_sign_in"), ("parties", "0003_trees")]
    operations = [
        migrations.RunSQL((SQL / "access_desks.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "access_actors.sql").read_text(), migrations.RunSQL.noop),
    ]
