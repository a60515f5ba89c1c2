"""Whose rows the web role may see, and the two look-ups that come before any door is open."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

# Sign-in happens before it is known for whom the request acts, so these two run as the owner.
# Each answers only for the one person or secret it is given.
DESKS = """
create function access_desks(person uuid)
returns table (org uuid, title text, permissions text[])
language sql stable security definer set search_path = public, pg_temp as $$
    select m.org, m.title::text,
           coalesce(array_agg(distinct p) filter (where p is not null), '{}')::text[]
      from access_membership m
      left join access_membershiprole mr on mr.membership_id = m.id
      left join access_role r on r.id = mr.role_id
      left join lateral unnest(r.permissions) p on true
     where m.user_id = person and m.is_active
     group by m.org, m.title, m.id
     order by m.id
$$;
"""
TOKEN = """
create function access_token(secret_digest bytea, at timestamptz)
returns table (user_id uuid, org uuid, is_expired boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select t.user_id, t.org, coalesce(t.expires_at <= at, false) or t.revoked_at is not null
      from access_apitoken t where t.digest = secret_digest
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [
        police("access_role", "org"),
        police("access_membership", "org"),
        police("access_membershiprole", "org"),
        police("access_apitoken", "org"),
        migrations.RunSQL(DESKS, "drop function access_desks"),
        migrations.RunSQL(TOKEN, "drop function access_token"),
    ]
