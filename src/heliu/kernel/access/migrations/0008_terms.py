"""Sales managers set the terms of trade credit."""

from django.db import migrations

MAY = """update access_role set permissions = array_append(permissions, 'terms')
          where org is null and code = 'sales-manager' and not 'terms' = any (permissions)"""


class Migration(migrations.Migration):
    dependencies = [("access", "0007_risk_officers_manage")]
    operations = [migrations.RunSQL(MAY, migrations.RunSQL.noop)]
