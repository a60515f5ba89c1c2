"""Placing orders as a list: what must be known, and the writing of what was decided."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0003_operator"),
        ("events", "0003_say"),
        ("goods", "0001_initial"),
        ("ordering", "0003_write"),
        ("parties", "0002_policies"),
        ("posting", "0003_lock"),
        ("pricing", "0003_pairs"),
        ("stock", "0003_available"),
    ]
    operations = [
        migrations.RunSQL((SQL / "order_facts.sql").read_text(), "drop function trade_order_facts"),
        migrations.RunSQL((SQL / "place.sql").read_text(), "drop function trade_place"),
    ]
