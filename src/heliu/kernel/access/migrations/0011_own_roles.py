"""Roles of a house's own making, within limits that the operator sets and the database holds."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "access_roles.sql").read_text()
BUYER = ["order", "sign", "pay", "consent", "manage"]
KINDS = {
    "BUYER": BUYER,
    "DEALER": BUYER,
    "SELLER": ["sell", "behalf", "ship", "price", "terms", "manage"],
    "BANK": ["decide", "override", "release", "enforce", "manage"],
    "WAREHOUSE": ["receive", "pick", "count", "manage"],
    "CARRIER": ["carry", "manage"],
    "PROVIDER": ["manage"],
    "OPERATOR": ["manage"],
}
APART = [("carry", "receive"), ("decide", "sell"), ("order", "sell")]
MADE = "insert into access_grantable (party_role, permission, tier) values (%s, %s, '')"
OPERATOR = "coalesce(parties_operators() && heliu_orgs(), false)"


def guarded(table):
    return [
        f"alter table {table} enable row level security",
        f"create policy reads on {table} for select to heliu_web"
        " using ((select heliu_orgs()) <> '{}')",
        f"create policy sets on {table} to heliu_web using ({OPERATOR}) with check ({OPERATOR})",
        f"create policy worker on {table} to heliu_worker using (true) with check (true)",
    ]


TRIGGERS = """
create trigger guarded before insert or update on access_role
    for each row execute function access_role_guarded();
create trigger guarded after insert or update on access_membershiprole
    for each row execute function access_membership_role_guarded();
"""
OFF = """
drop trigger guarded on access_role; drop trigger guarded on access_membershiprole;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0010_account_manager"), ("parties", "0009_standing")]
    operations = [
        migrations.CreateModel(
            name="Apart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.CharField(max_length=40)),
                ("second", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="apart_once"),
                    models.CheckConstraint(condition=models.Q(("first__lt", models.F("second"))), name="apart_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grantable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party_role", models.CharField(max_length=12)),
                ("permission", models.CharField(max_length=40)),
                ("tier", models.CharField(blank=True, db_default="", default="", max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("party_role", "permission", "tier"), name="grantable_once")
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunSQL(
            [(MADE, [kind, may]) for kind, all_ in KINDS.items() for may in all_],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [("insert into access_apart (first, second) values (%s, %s)", list(p)) for p in APART],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [*guarded("access_grantable"), *guarded("access_apart")], migrations.RunSQL.noop
        ),
        migrations.RunSQL(TRIGGERS, OFF),
    ]
