"""The register's own table is asked by the worker alone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("company_register_sandbox", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "revoke all on company_register_sandbox_registeredcompany from heliu_web",
            migrations.RunSQL.noop,
        )
    ]
