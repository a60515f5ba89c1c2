"""Sales managers agree to offers below the usual prices; sellers may give that right to others."""

from django.db import migrations

MAY = """update access_role set permissions = array_append(permissions, 'concede')
          where org is null and code = 'sales-manager' and not 'concede' = any (permissions)"""
GRANTABLE = """insert into access_grantable (party_role, permission, tier)
               values ('SELLER', 'concede', '') on conflict do nothing"""


class Migration(migrations.Migration):
    dependencies = [("access", "0013_limits_by_tier")]
    operations = [
        migrations.RunSQL(MAY, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTABLE, migrations.RunSQL.noop),
    ]
