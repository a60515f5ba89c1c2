"""Lines of orders are sorted once as they are written."""

from pathlib import Path

from django.db import migrations

WRITE = (Path(__file__).parent.parent / "sql" / "ordering_write.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("ordering", "0016_our_money")]
    operations = [migrations.RunSQL(WRITE, migrations.RunSQL.noop)]
