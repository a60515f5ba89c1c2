from pathlib import Path

from django.db import migrations

AVAILABLE = (Path(__file__).parent.parent / "sql" / "available_0007.sql").read_text()
BEFORE = "drop function if exists stock_available(uuid[], uuid, uuid, timestamptz)"


class Migration(migrations.Migration):
    reviewed = "Before the first release: no old code calls the function as it was."
    dependencies = [("stock", "0002_policies")]
    operations = [migrations.RunSQL([BEFORE, AVAILABLE], migrations.RunSQL.noop)]
