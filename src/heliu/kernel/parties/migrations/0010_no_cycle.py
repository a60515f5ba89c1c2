"""The tree of organisations has no cycle."""

from pathlib import Path

from django.db import migrations

NO_CYCLE = (Path(__file__).parent.parent / "sql" / "parties_no_cycle.sql").read_text()
TRIGGER = """
create trigger parties_no_cycle before insert or update of parent_id on parties_organization
   for each row when (new.parent_id is not null) execute function parties_no_cycle()"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0009_standing")]
    operations = [
        migrations.RunSQL(
            [NO_CYCLE, TRIGGER], "drop trigger parties_no_cycle on parties_organization"
        )
    ]
