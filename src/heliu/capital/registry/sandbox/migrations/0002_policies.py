"""The sandbox's tables are a registry's own: no row policy, and nothing for the web role."""

from django.db import migrations

TABLES = (
    "registry_sandbox_registerentry, registry_sandbox_takenfiling, registry_sandbox_registryfault"
)


class Migration(migrations.Migration):
    dependencies = [("registry_sandbox", "0001_initial"), ("access", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"revoke all on {TABLES} from heliu_web",
            f"grant select, insert, update, delete on {TABLES} to heliu_web",
        )
    ]
