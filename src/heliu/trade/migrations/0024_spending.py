"""Every order passes the gate of what its buyer's house lets its people spend."""

from pathlib import Path

from django.db import migrations

PLACE = (Path(__file__).parent.parent / "sql" / "place.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("trade", "0023_circles"), ("spending", "0002_policies")]
    operations = [migrations.RunSQL(PLACE, migrations.RunSQL.noop)]
