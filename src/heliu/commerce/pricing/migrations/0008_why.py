"""Why a price is what it is, for the buyer and the seller."""

from pathlib import Path

from django.db import migrations

WHY = (Path(__file__).parent.parent / "sql" / "pricing_why.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0007_answer")]
    operations = [migrations.RunSQL(WHY, migrations.RunSQL.noop)]
