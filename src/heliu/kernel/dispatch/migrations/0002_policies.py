"""Letters and wishes are seen at the desk they are for; letters are made and sent by the worker."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police, read_only

SQL = Path(__file__).parent.parent / "sql"
# It begins where it is made: what was there before is nobody's news.
BEGIN = "insert into dispatch_relay (id, position) values (1, pg_current_xact_id()::text::bigint)"
HIDE = "revoke all on dispatch_relay from heliu_web"
SHOW = "grant select, insert, update, delete on dispatch_relay to heliu_web"
HAND_ON = "dispatch_hand_on(text[], text[], boolean[], timestamptz)"
FOR_WORKER = f"""
revoke execute on function {HAND_ON} from public;
grant execute on function {HAND_ON} to heliu_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0001_initial"),
        ("access", "0001_initial"),
        ("events", "0007_settled"),
    ]
    operations = [
        police("dispatch_reach", "org"),
        police("dispatch_wish", "org"),
        police("dispatch_letter", "org"),
        police("dispatch_sandboxsms", "org"),
        read_only("dispatch_letter"),
        read_only("dispatch_sandboxsms"),
        migrations.RunSQL(HIDE, SHOW),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "dispatch_hand_on.sql").read_text(), "drop function dispatch_hand_on"
        ),
        migrations.RunSQL((SQL / "dispatch_stop.sql").read_text(), "drop function dispatch_stop"),
        migrations.RunSQL(FOR_WORKER, f"grant execute on function {HAND_ON} to public"),
    ]
