from pathlib import Path

from django.db import migrations

ANSWERS = (Path(__file__).parent.parent / "sql" / "idempotency_answers.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0002_policies")]
    operations = [migrations.RunSQL(ANSWERS, "drop function idempotency_answers")]
