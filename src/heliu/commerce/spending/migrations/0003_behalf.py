"""A house's rules hold for whoever orders in its name, who sees what it has asked itself."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
BEHALF = "nullif(current_setting('heliu.behalf', true), '')::uuid[]"
REQUESTS = f"""create policy behalf on spending_purchaserequest to heliu_web using (
    buyer = (select ({BEHALF})[1]) and asked_by = (select ({BEHALF})[2])
    and seller = any ((select heliu_orgs())::uuid[]))"""
LINES = f"""create policy behalf on spending_requestline to heliu_web using (
    buyer = (select ({BEHALF})[1])
    and exists (select from spending_purchaserequest r where r.id = request_id))"""


class Migration(migrations.Migration):
    dependencies = [("spending", "0002_policies"), ("access", "0002_policies"), ("behalf", "0001_initial")]
    operations = [
        migrations.RunSQL((SQL / "above.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "met.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(REQUESTS, "drop policy behalf on spending_purchaserequest"),
        migrations.RunSQL(LINES, "drop policy behalf on spending_requestline"),
    ]
