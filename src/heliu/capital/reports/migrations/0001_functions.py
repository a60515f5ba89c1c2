"""A lender's questions to its books, as functions that run with the rights of whoever asks."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
FUNCTIONS = {
    "owed_on": "reports_owed_on(uuid, date)",
    "stands": "reports_stands(uuid, text, date[])",
    "vintages": "reports_vintages(uuid, integer, date)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0003_codes_of_default"),
        ("lending", "0004_default"),
        ("posting", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            [
                (SQL / f"{name}.sql").read_text(),
                f"revoke execute on function {function} from public",
                f"grant execute on function {function} to heliu_web, heliu_worker",
            ],
            f"drop function {function}",
        )
        for name, function in FUNCTIONS.items()
    ]
