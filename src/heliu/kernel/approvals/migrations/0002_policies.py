"""An approval is seen in the house it was asked for in; a word once said stands."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

KEEP = "revoke update, delete, truncate on approvals_vote from heliu_web"
GIVE = "grant update, delete on approvals_vote to heliu_web"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("approvals_approval", "org"),
        police("approvals_approvalrule", "org"),
        police("approvals_vote", "org"),
        migrations.RunSQL(KEEP, GIVE),
    ]
