"""A batch of orders costs less whatever its size: prices without what nobody promotes (`pricing_to_pay`),
and no second look at keys that are held; whoever used one meanwhile is met as they are written."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0051_tier_hours"),
        ("pricing", "0016_to_pay"),
        ("ordering", "0017_one_sort"),
        ("posting", "0013_none_due"),
    ]
    operations = [
        migrations.RunSQL(
            [(SQL / f"{name}.sql").read_text() for name in ("line_facts", "orders_written")],
            migrations.RunSQL.noop,
        ),
    ]
