"""Risk officers set their house's rules of approval."""

from django.db import migrations

MAY = """update access_role set permissions = array_append(permissions, 'manage')
          where org is null and code = 'risk-officer' and not 'manage' = any (permissions)"""


class Migration(migrations.Migration):
    dependencies = [("access", "0006_actors")]
    operations = [migrations.RunSQL(MAY, migrations.RunSQL.noop)]
