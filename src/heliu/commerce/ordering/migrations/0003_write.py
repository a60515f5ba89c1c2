from pathlib import Path

from django.db import migrations

WRITE = (Path(__file__).parent.parent / "sql" / "ordering_write.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("ordering", "0002_policies")]
    operations = [migrations.RunSQL(WRITE, "drop function ordering_write")]
