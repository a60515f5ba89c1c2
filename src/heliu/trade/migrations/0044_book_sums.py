"""The operator's sums of the books are read off their totals."""

from pathlib import Path

from django.db import migrations

BOOKS = (Path(__file__).parent.parent / "sql" / "operator_books.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("trade", "0043_tier_words"), ("books", "0013_totals")]
    operations = [migrations.RunSQL(BOOKS, migrations.RunSQL.noop)]
