"""What can be promised of one SKU has a function of its own."""

from pathlib import Path

from django.db import migrations

AVAILABLE = (Path(__file__).parent.parent / "sql" / "available_0007.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("stock", "0005_known")]
    operations = [migrations.RunSQL(AVAILABLE, migrations.RunSQL.noop)]
