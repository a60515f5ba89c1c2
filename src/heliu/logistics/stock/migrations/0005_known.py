"""Whether the asker knows the owner is looked up, not joined with all who do."""

from pathlib import Path

from django.db import migrations

AVAILABLE = (Path(__file__).parent.parent / "sql" / "available_0007.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("stock", "0004_has_goods")]
    operations = [migrations.RunSQL(AVAILABLE, migrations.RunSQL.noop)]
