"""What somebody may do follows the standing of the house; templates are there for newcomers."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"
# Whoever joins by itself gives these before anybody else has, and may not make them.
OWNER = ["order", "sign", "pay", "consent", "manage"]
MANAGER = ["sell", "ship", "price", "terms", "manage"]
TEMPLATES = [
    ("owner", "Owner", "负责人", OWNER),
    ("purchaser", "Purchaser", "采购员", ["order"]),
    ("finance", "Finance clerk", "财务", ["pay"]),
    ("seller", "Sales clerk", "销售内勤", ["sell", "ship", "price"]),
    ("sales-manager", "Sales manager", "销售经理", MANAGER),
    ("receivables", "Receivables clerk", "应收会计", ["sell", "terms"]),
]
MADE = """insert into access_role (id, org, code, name, name_zh, permissions)
          values (uuidv7(), null, %s, %s, %s, %s) on conflict do nothing"""
SEEN = """create policy templates on access_role for select to heliu_web
          using (org is null and (select heliu_orgs()) <> '{}')"""


class Migration(migrations.Migration):
    dependencies = [("access", "0008_terms"), ("parties", "0009_standing")]
    operations = [
        migrations.RunSQL((SQL / "access_seats.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "access_actors.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL([(MADE, list(one)) for one in TEMPLATES], migrations.RunSQL.noop),
        migrations.RunSQL(SEEN, "drop policy templates on access_role"),
    ]
