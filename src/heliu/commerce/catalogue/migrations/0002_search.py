"""The search functions. The table has no row policy: the web role may not touch it at all."""

from pathlib import Path

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
NAMES = (
    "catalogue_sellers",
    "catalogue_rank",
    "catalogue_find",
    "catalogue_match",
    "catalogue_codes",
    "catalogue_index",
)
TRIGRAMS = "create index entry_text on catalogue_entry using gin (text gin_trgm_ops)"


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("access", "0002_policies"),
        ("parties", "0002_policies"),
        ("goods", "0002_policies"),
    ]
    operations = [
        TrigramExtension(),
        migrations.RunSQL(TRIGRAMS, "drop index entry_text"),
        migrations.RunSQL(
            "revoke all on catalogue_entry from heliu_web",
            "grant select, insert, update, delete on catalogue_entry to heliu_web",
        ),
        *(
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), f"drop function {name}")
            for name in NAMES
        ),
    ]
