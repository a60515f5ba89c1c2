"""An order to a suspended seller is told so."""

from pathlib import Path

from django.db import migrations

FACTS = (Path(__file__).parent.parent / "sql" / "order_facts.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("trade", "0045_operator_reports"), ("parties", "0016_pause")]
    operations = [migrations.RunSQL(FACTS, migrations.RunSQL.noop)]
