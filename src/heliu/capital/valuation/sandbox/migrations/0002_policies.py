"""The sandbox's table is an index's own: no row policy, and nothing for the web role."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("valuation_sandbox", "0001_initial"), ("access", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "revoke all on valuation_sandbox_indexprice from heliu_web",
            "grant select, insert, update, delete on valuation_sandbox_indexprice to heliu_web",
        )
    ]
