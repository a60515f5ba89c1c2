"""A sign-up is seen behind its own door, an application by its house and the operators."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police

KNOWN = (Path(__file__).parent.parent / "sql" / "joining_known.sql").read_text()
OPERATOR = """exists (select from parties_partyrole
    where role = 'OPERATOR' and organization_id = any ((select heliu_orgs())::uuid[]))"""


class Migration(migrations.Migration):
    dependencies = [("joining", "0001_initial"), ("parties", "0009_standing")]
    operations = [
        police("joining_signup", "org"),
        police("joining_application", "org", condition=OPERATOR),
        police("joining_decision", "org", condition=OPERATOR),
        police("joining_invitation", "org"),
        police("joining_welcome", "org"),
        police("joining_joiningrules", condition=OPERATOR),
        migrations.RunSQL(
            [
                "revoke update, delete, truncate on joining_decision from heliu_web",
                "revoke update, delete, truncate on joining_joiningrules from heliu_web",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(KNOWN, "drop function joining_rules; drop function joining_invitation"),
    ]
