"""The operator's figures over millions of deals: the newest of each phase, lines not yet folded."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0006_fewer_statements")]
    operations = [migrations.RunSQL((SQL / "operator.sql").read_text(), migrations.RunSQL.noop)]
