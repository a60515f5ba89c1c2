"""All the rows of a file in one call, whose plans are kept."""

from pathlib import Path

from django.db import migrations

GATHER = (Path(__file__).parent.parent / "sql" / "gather.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("credit_file", "0002_policies"),
        ("consent", "0001_initial"),
        ("credit", "0001_initial"),
        ("events", "0001_initial"),
        ("lending", "0001_initial"),
        ("ordering", "0001_initial"),
        ("parties", "0001_initial"),
    ]
    operations = [migrations.RunSQL(GATHER, "drop function credit_file_gather")]
