"""What is paid without what is shown of it: orders ask for less, and nothing is worked out in vain."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("pricing", "0012_rewards")]

    operations = [
        migrations.RunSQL(
            [(SQL / f"pricing_{name}.sql").read_text() for name in ("answer_0016", "rewards")],
            migrations.RunSQL.noop,
        ),
    ]
