"""A house sees its own book, and so does whoever orders in its name; what an order takes of it is said
in one place (`addresses_for`)."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police

SQL = Path(__file__).parent.parent / "sql"
BEHALF = """create policy behalf on addresses_address for select to heliu_web using (
    org = (select (nullif(current_setting('heliu.behalf', true), '')::uuid[])[1]))"""


class Migration(migrations.Migration):
    dependencies = [("addresses", "0001_initial"), ("access", "0002_policies")]
    operations = [
        police("addresses_address", "org"),
        police("addresses_addressimport", "org"),
        police("addresses_badaddressrow", "org"),
        migrations.RunSQL(BEHALF, "drop policy behalf on addresses_address"),
        migrations.RunSQL(
            (SQL / "addresses_for.sql").read_text(), "drop function addresses_for(uuid, uuid)"
        ),
    ]
