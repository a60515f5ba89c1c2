"""Who fetches released goods: the pledgor, or whoever took over the goods of one in default."""

from django.db import migrations
from django.db.models import Index, UUIDField

TABLES = ("pledges_releaseorder", "pledges_releaseline")
ADD = """
alter table {table} add column taker uuid;
alter table {table} disable trigger user;
update {table} set taker = pledgor;
alter table {table} enable trigger user;
alter table {table} alter column taker set not null;
drop policy own on {table};
create policy own on {table} to heliu_web
    using ({rule}) with check ({rule})"""
REMOVE = """
drop policy own on {table};
create policy own on {table} to heliu_web using ({rule}) with check ({rule});
alter table {table} drop column taker"""


def rule(*columns: str) -> str:
    """As `row_policies.police` writes it."""
    return " or ".join(f'"{one}" = any ((select heliu_orgs())::uuid[])' for one in columns)


PARTIES = ("pledgor", "pledgee", "custodian")


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [("pledges", "0003_in_force")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    ADD.format(table=table, rule=rule(*PARTIES, "taker")),
                    REMOVE.format(table=table, rule=rule(*PARTIES)),
                )
                for table in TABLES
            ],
            [
                migrations.AddField(model, "taker", UUIDField(default=None), False)
                for model in ("releaseorder", "releaseline")
            ],
        ),
        migrations.AddField("pledge", "given_to", UUIDField(null=True, blank=True)),
        migrations.RemoveIndex("releaseorder", "release_pledgor"),
        migrations.AddIndex(
            "releaseorder",
            Index(fields=["taker", "status", "-released_at"], name="release_taker"),
        ),
    ]
