"""The sandbox's tables are a bank's own: no row policy, and nothing for the web role."""

from django.db import migrations

TABLES = "sandbox_account, sandbox_order, sandbox_entry, sandbox_outgoingnotice, sandbox_fault"


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0001_initial"), ("access", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"revoke all on {TABLES} from heliu_web",
            f"grant select, insert, update, delete on {TABLES} to heliu_web",
        )
    ]
