"""Lines of orders are priced by the one answer; what promotions took off is kept with them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0024_spending"), ("pricing", "0007_answer")]
    operations = [
        migrations.RunSQL(
            [(SQL / "line_facts.sql").read_text(), (SQL / "place.sql").read_text()],
            migrations.RunSQL.noop,
        )
    ]
