"""Holds can be made larger and smaller in place: what was promised changes while it stands."""

from pathlib import Path

from django.db import migrations

REHOLD = (Path(__file__).parent.parent / "sql" / "rehold.sql").read_text()
FUNCTION = "posting_rehold(uuid[], bigint[], bigint[], uuid[], timestamptz)"
GRANTS = [
    f"revoke execute on function {FUNCTION} from public",
    f"grant execute on function {FUNCTION} to heliu_web, heliu_worker",
]


class Migration(migrations.Migration):
    dependencies = [("posting", "0009_closed")]
    operations = [migrations.RunSQL([REHOLD, *GRANTS], f"drop function {FUNCTION}")]
