from pathlib import Path

from django.db import migrations

LOCK = (Path(__file__).parent.parent / "sql" / "lock.sql").read_text()
GRANTS = [
    "revoke execute on function posting_lock(bigint[]) from public",
    "grant execute on function posting_lock(bigint[]) to heliu_web, heliu_worker",
]


class Migration(migrations.Migration):
    dependencies = [("posting", "0002_functions")]
    operations = [migrations.RunSQL([LOCK, *GRANTS], "drop function posting_lock(bigint[])")]
