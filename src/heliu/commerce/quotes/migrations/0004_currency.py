"""A quote is in the currency in which the two trade."""

from pathlib import Path

from django.db import migrations, models

CURRENCY = (Path(__file__).parent.parent / "sql" / "quotes_currency.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("quotes", "0003_auto_answers"), ("ordering", "0018_currencies")]
    operations = [
        migrations.AddField(
            "quote",
            "currency",
            models.CharField(db_default="CNY", default="CNY", max_length=3),
        ),
        migrations.RunSQL(CURRENCY, migrations.RunSQL.noop),
    ]
