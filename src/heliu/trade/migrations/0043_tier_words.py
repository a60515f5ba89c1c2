"""A customer reads what is said to its tier, and no more of what the seller offers."""

from pathlib import Path

from django.db import migrations

WORDS = (Path(__file__).parent.parent / "sql" / "tier_words_0043.sql").read_text()


class Migration(migrations.Migration):
    reviewed = "Old code shows a customer no words of welcome until it is gone; nothing fails."
    dependencies = [("trade", "0042_step_frozen")]
    operations = [
        migrations.RunSQL(WORDS, "drop function trade_tier_words"),
        migrations.RunSQL("drop policy reads on trade_tieroffer", migrations.RunSQL.noop),
    ]
