"""Holds that are due are closed only where there are any: mostly there are none."""

from pathlib import Path

from django.db import migrations

APPLY = (Path(__file__).parent.parent / "sql" / "apply.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("posting", "0012_sink")]
    operations = [migrations.RunSQL(APPLY, migrations.RunSQL.noop)]
