"""The warning of a budget names its cost centre in both languages. `spending_warned`, which named
it in one, stands for the version before."""

from pathlib import Path

from django.db import migrations

WARNED = (Path(__file__).parent.parent / "sql" / "budgets_warned.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("spending", "0010_centre_zh")]
    operations = [migrations.RunSQL(WARNED, "drop function spending_budgets_warned")]
