"""A chain knows its first day, so that nobody has to read all of its lines for it."""

from pathlib import Path

from django.db import migrations, models

SEAL = (Path(__file__).parent.parent / "sql" / "seal.sql").read_text()
KNOWN = """
update posting_chain c set first_day = f.day
  from (select chain_id, min(effective) as day from posting_line group by chain_id) f
 where f.chain_id = c.id
"""


class Migration(migrations.Migration):
    dependencies = [("posting", "0010_rehold")]
    operations = [
        migrations.AddField("chain", "first_day", models.DateField(blank=True, null=True)),
        migrations.RunSQL(SEAL, migrations.RunSQL.noop),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
