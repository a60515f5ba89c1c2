"""One look-up for whoever comes with a token, in place of one for each thing about them."""

from pathlib import Path

from django.db import migrations

ACTORS = (Path(__file__).parent.parent / "sql" / "access_actors.sql").read_text()
BEFORE = """
create function access_token(secret_digest bytea, at timestamptz)
returns table (user_id uuid, org uuid, is_expired boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select t.user_id, t.org, coalesce(t.expires_at <= at, false) or t.revoked_at is not null
      from access_apitoken t where t.digest = secret_digest
$$;
"""


class Migration(migrations.Migration):
    reviewed = "Before the first release: no old code calls access_token."
    dependencies = [("access", "0002_policies"), ("parties", "0002_policies")]
    operations = [
        migrations.RunSQL(ACTORS, "drop function access_actors"),
        migrations.RunSQL("drop function access_token", BEFORE),
    ]
