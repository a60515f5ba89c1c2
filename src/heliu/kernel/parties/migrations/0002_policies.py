"""An organisation is seen by itself, by those below it, and by those who deal with it."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

KNOWN = (
    "{column} in (select knows from parties_acquaintance"
    " where org = any ((select heliu_orgs())::uuid[]))"
)
# The tree of an organisation, asked before a door is open; answers only for the id it is given.
TREE = """
create function parties_tree(root uuid) returns table (id uuid, roles text[])
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive below as (
        select o.id from parties_organization o where o.id = root and o.is_active
        union
        select o.id from parties_organization o join below b on o.parent_id = b.id
    )
    select b.id, coalesce(array_agg(r.role::text) filter (where r.role is not null), '{}')
      from below b left join parties_partyrole r on r.organization_id = b.id group by b.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("parties_acquaintance", "org", "knows"),
        police("parties_organization", "id", condition=KNOWN.format(column="id")),
        police(
            "parties_partyrole", "organization_id", condition=KNOWN.format(column="organization_id")
        ),
        police("parties_tradingrelationship", "buyer", "seller"),
        migrations.RunSQL(TREE, "drop function parties_tree"),
    ]
