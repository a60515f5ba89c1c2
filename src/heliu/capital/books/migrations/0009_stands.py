"""What stands in a book is summed, and its first day known, without reading account by account."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
FILES = [(SQL / name).read_text() for name in ("stands.sql", "first_day.sql")]
FUNCTIONS = (
    "books_first_day(uuid)",
    "books_stands(uuid)",
    "books_stood(uuid, date)",
    "books_is_asked(uuid)",
)
GRANTS = [
    statement
    for function in FUNCTIONS
    for statement in (
        f"revoke execute on function {function} from public",
        f"grant execute on function {function} to heliu_web, heliu_worker",
    )
]
DROP = [f"drop function {function}" for function in FUNCTIONS]


class Migration(migrations.Migration):
    dependencies = [("books", "0008_periods"), ("posting", "0011_first_day")]
    operations = [migrations.RunSQL([*FILES, *GRANTS], DROP)]
