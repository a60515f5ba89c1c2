"""Orders in another currency than ours are looked at whether or not anybody trades in it still."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("trade", "0057_one_exchange_asked")]
    operations = [
        migrations.RunSQL((SQL / "place.sql").read_text(), migrations.RunSQL.noop),
    ]
