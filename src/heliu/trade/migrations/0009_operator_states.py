"""A party's orders are counted for the operator as far as a list counts: there may be millions."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0008_step_kinds")]
    operations = [migrations.RunSQL((SQL / "operator.sql").read_text(), migrations.RunSQL.noop)]
