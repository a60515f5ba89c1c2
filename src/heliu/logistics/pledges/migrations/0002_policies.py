"""A pledge is seen by pledgor, pledgee and custodian; pledged goods move only with it."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police

PARTIES = ("pledgor", "pledgee", "custodian")
SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0001_initial"),
        ("stock", "0002_policies"),
        ("access", "0001_initial"),
    ]
    operations = [
        police("pledges_pledge", *PARTIES),
        police("pledges_pledgeline", *PARTIES),
        police("pledges_releaseorder", *PARTIES),
        police("pledges_releaseline", *PARTIES),
        police("pledges_codeattempt", "custodian"),
        migrations.RunSQL(
            (SQL / "guard.sql").read_text(), (SQL / "unguard.sql").read_text()
        ),
    ]
