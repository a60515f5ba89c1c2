"""Where a placed order goes may be changed until something of it has left."""

from pathlib import Path

from django.db import migrations

BOUND = Path(__file__).parent.parent / "sql" / "ordering_bound.sql"
BACK = "drop trigger bound on ordering_order; drop function ordering_goes_where_it_went()"


class Migration(migrations.Migration):
    dependencies = [("ordering", "0013_gone_lines")]
    operations = [migrations.RunSQL(BOUND.read_text(), BACK)]
