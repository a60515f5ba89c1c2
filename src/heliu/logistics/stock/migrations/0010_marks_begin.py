"""An article is told apart though pieces of it lie somewhere: those are one lot until a count."""

from pathlib import Path

from django.db import migrations

BEGIN = (Path(__file__).parent.parent / "sql" / "marks_begin.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("stock", "0009_marks")]
    operations = [migrations.RunSQL(BEGIN, migrations.RunSQL.noop)]
