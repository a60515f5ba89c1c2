"""A customer reads what is said to its tier in its own language."""

from pathlib import Path

from django.db import migrations, models

WORDS = (Path(__file__).parent.parent / "sql" / "tier_words.sql").read_text()
BEFORE = (Path(__file__).parent.parent / "sql" / "tier_words_0043.sql").read_text()
DROP = "drop function trade_tier_words(uuid[])"


class Migration(migrations.Migration):
    reviewed = "Old code names the columns it reads of the function, and finds them as before."
    dependencies = [("trade", "0055_currencies")]
    operations = [
        *(
            migrations.AddField(
                "tieroffer", name, models.CharField(blank=True, db_default="", max_length=most)
            )
            for name, most in (("service_zh", 200), ("welcome_zh", 400))
        ),
        migrations.RunSQL([DROP, WORDS], [DROP, BEFORE]),
    ]
