"""A notice for one person goes to no other (`dispatch_hand_on`)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0004_post"), ("events", "0009_notice_person")]
    operations = [
        migrations.RunSQL((SQL / "dispatch_hand_on.sql").read_text(), migrations.RunSQL.noop)
    ]
