"""The sandbox's tables are an authority's own: no row policy, and nothing for the web role."""

from django.db import migrations

TABLES = "vat_sandbox_takenpaper, vat_sandbox_authorityfault"


class Migration(migrations.Migration):
    reviewed = "The tables whose rights are taken away are new."
    dependencies = [("vat_sandbox", "0001_initial"), ("access", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"revoke all on {TABLES} from heliu_web",
            f"grant select, insert, update, delete on {TABLES} to heliu_web",
        )
    ]
