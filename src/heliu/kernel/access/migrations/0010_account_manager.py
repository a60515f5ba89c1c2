"""A role for whoever looks after customers and may order in their names; managers may, too."""

from django.db import migrations

MADE = """insert into access_role (id, org, code, name, name_zh, permissions)
          values (uuidv7(), null, 'account-manager', 'Account manager', '客户经理',
                  array['sell', 'behalf']) on conflict do nothing"""
MAY = """update access_role set permissions = array_append(permissions, 'behalf')
          where org is null and code = 'sales-manager' and not 'behalf' = any (permissions)"""


class Migration(migrations.Migration):
    dependencies = [("access", "0009_standing")]
    operations = [
        migrations.RunSQL(MADE, migrations.RunSQL.noop),
        migrations.RunSQL(MAY, migrations.RunSQL.noop),
    ]
