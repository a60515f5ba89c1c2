"""Whether one knows an organisation is looked up for the rows that are read.

As `id in (select knows …)` it was asked by gathering all whom one knows, eleven thousand for a
large seller, in each query that names a few. Written so that nobody's whole list is read: neither
that of the asker nor that of the asked, whom everybody may know.
"""

from django.db import migrations

KNOWN = """{column} = any ((select heliu_orgs())::uuid[])
    or exists (select from unnest((select heliu_orgs())::uuid[]) mine (org),
                 lateral (select from parties_acquaintance k
                           where k.org = mine.org and k.knows = {table}.{column} offset 0) known)"""
BEFORE = """{column} = any ((select heliu_orgs())::uuid[])
    or {column} in (select knows from parties_acquaintance
                     where org = any ((select heliu_orgs())::uuid[]))"""


def ruled(rule: str, table: str, column: str) -> str:
    words = rule.format(table=table, column=column)
    return f"alter policy own on {table} using ({words}) with check ({words})"


def known_by(table: str, column: str) -> migrations.RunSQL:
    return migrations.RunSQL(ruled(KNOWN, table, column), ruled(BEFORE, table, column))


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_by_name")]
    operations = [
        known_by("parties_organization", "id"),
        known_by("parties_partyrole", "organization_id"),
    ]
