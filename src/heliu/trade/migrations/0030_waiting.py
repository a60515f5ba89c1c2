"""Who waits for goods on back-order, and until when."""

from pathlib import Path

from django.db import migrations

WAITING = (Path(__file__).parent.parent / "sql" / "waiting.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0029_struck"),
        ("stock", "0007_back_orders"),
        ("ordering", "0007_house_pad"),
    ]
    operations = [
        migrations.RunSQL(WAITING, "drop function trade_waiting(uuid, uuid[])"),
    ]
