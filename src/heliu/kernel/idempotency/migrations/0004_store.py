from pathlib import Path

from django.db import migrations

STORE = (Path(__file__).parent.parent / "sql" / "idempotency_store.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0003_answers")]
    operations = [migrations.RunSQL(STORE, "drop function idempotency_store")]
