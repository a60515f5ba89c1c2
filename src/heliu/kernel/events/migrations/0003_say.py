from pathlib import Path

from django.db import migrations

SAY = (Path(__file__).parent.parent / "sql" / "events_say.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("events", "0002_policies")]
    operations = [migrations.RunSQL(SAY, "drop function events_say")]
