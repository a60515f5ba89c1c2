"""Houses of a tier may give what the operator lets them give beyond others of their kind."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "access_may_give.sql"


class Migration(migrations.Migration):
    dependencies = [("access", "0012_second_factor"), ("parties", "0013_tiers")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
