"""Holding keys and looking at what is kept of them are two things."""

from pathlib import Path

from django.db import migrations

ANSWERS = (Path(__file__).parent.parent / "sql" / "idempotency_answers.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0004_store")]
    operations = [migrations.RunSQL(ANSWERS, migrations.RunSQL.noop)]
