"""Endpoints are their organisation's; tries are written by the worker alone."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police, read_only

SQL = Path(__file__).parent.parent / "sql"
NAMES = ("webhooks_hand_on", "webhooks_missing_0002", "webhooks_waiting")
# It begins where it is made: what was there before is nobody's news.
BEGIN = "insert into webhooks_relay (id, position) values (1, pg_current_xact_id()::text::bigint)"
HIDE = "revoke all on webhooks_relay from heliu_web"
SHOW = "grant select, insert, update, delete on webhooks_relay to heliu_web"
FOR_WORKER = """
revoke execute on function webhooks_hand_on(timestamptz) from public;
grant execute on function webhooks_hand_on(timestamptz) to heliu_worker;
"""
FOR_ALL = "grant execute on function webhooks_hand_on(timestamptz) to public"


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0001_initial"),
        ("access", "0001_initial"),
        ("events", "0007_settled"),
        ("parties", "0003_trees"),
    ]
    operations = [
        police("webhooks_endpoint", "org"),
        police("webhooks_delivery", "org"),
        police("webhooks_attempt", "org"),
        read_only("webhooks_attempt"),
        migrations.RunSQL(HIDE, SHOW),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        *(
            migrations.RunSQL((SQL / f"{name}.sql").read_text(), f"drop function {name.removesuffix('_0002')}")
            for name in NAMES
        ),
        migrations.RunSQL(FOR_WORKER, FOR_ALL),
    ]
