"""What promotions took off an order follows the order where it is changed."""

from pathlib import Path

from django.db import migrations

CHANGE = Path(__file__).parent.parent / "sql" / "pricing_change_discounts.sql"


class Migration(migrations.Migration):
    dependencies = [("pricing", "0009_imports"), ("posting", "0002_functions")]
    operations = [migrations.RunSQL(CHANGE.read_text(), migrations.RunSQL.noop)]
