"""Whether a buyer may order what is still to come, and when its orders come up."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "parties_must_not_wait.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("parties", "0013_tiers")]
    operations = [
        migrations.AddField(
            "tradingrelationship", "may_wait", models.BooleanField(default=True, db_default=True)
        ),
        migrations.AddField(
            "tradingrelationship",
            "wait_is_own",
            models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            "tradingrelationship",
            "turn",
            models.PositiveSmallIntegerField(default=5, db_default=5),
        ),
        migrations.RunSQL(SQL, "drop function parties_must_not_wait(uuid)"),
    ]
