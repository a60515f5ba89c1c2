"""What a checkout asks beside prices and the bank's offer, in one call whose plans are kept."""

from pathlib import Path

from django.db import migrations

CHECKOUT = (Path(__file__).parent.parent / "sql" / "checkout.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0008_step_kinds"),
        ("parties", "0002_policies"),
        ("posting", "0003_lock"),
        ("warehousing", "0002_policies"),
    ]
    operations = [migrations.RunSQL(CHECKOUT, "drop function trade_checkout")]
