"""What an order pays is asked without what promotions might do where nobody promotes anything."""

from pathlib import Path

from django.db import migrations

ANSWER = (Path(__file__).parent.parent / "sql" / "pricing_answer_0016.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0015_our_money")]
    operations = [migrations.RunSQL(ANSWER, migrations.RunSQL.noop)]
