"""Orders are placed in the currency in which the two trade."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
FILES = (
    "currency_refused", "order_facts", "place", "operator_books", "operator_reports", "suspicions",
)
FUNCTION = "trade_currency_refused(uuid[], uuid[], text[])"
RIGHTS = (
    f"revoke all on function {FUNCTION} from public;"
    f" grant execute on function {FUNCTION} to heliu_web, heliu_worker"
)


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0054_quotes_begun"),
        ("ordering", "0018_currencies"),
        ("pricing", "0017_currencies"),
    ]
    operations = [
        migrations.RunSQL(
            [*((SQL / f"{name}.sql").read_text() for name in FILES), RIGHTS],
            migrations.RunSQL.noop,
        ),
    ]
