"""Mail that follows another soon goes together (`dispatch_hand_on`)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_policies")]
    operations = [
        migrations.RunSQL(
            (SQL / "dispatch_hand_on.sql").read_text(), migrations.RunSQL.noop
        ),
    ]
