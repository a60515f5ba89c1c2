"""What was bought in another currency is not added to what was bought in ours."""

from pathlib import Path

from django.db import migrations

GATHER = (Path(__file__).parent.parent / "sql" / "gather.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("credit_file", "0003_gather")]
    operations = [migrations.RunSQL(GATHER, migrations.RunSQL.noop)]
