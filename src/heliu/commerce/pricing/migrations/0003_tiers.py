from pathlib import Path

from django.db import migrations

RESOLVE = (Path(__file__).parent.parent / "sql" / "pricing_resolve.sql").read_text()
BEFORE = "drop function if exists pricing_resolve(uuid, uuid, uuid[], bigint[], date)"


class Migration(migrations.Migration):
    dependencies = [("pricing", "0002_policies")]
    operations = [migrations.RunSQL([BEFORE, RESOLVE], migrations.RunSQL.noop)]
