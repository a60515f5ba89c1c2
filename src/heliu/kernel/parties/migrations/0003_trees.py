from pathlib import Path

from django.db import migrations

TREES = (Path(__file__).parent.parent / "sql" / "parties_trees.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_policies")]
    operations = [migrations.RunSQL(TREES, migrations.RunSQL.noop)]
