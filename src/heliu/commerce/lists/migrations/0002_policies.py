"""Lists and recurring orders are seen by their buyer."""

from django.db import migrations

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_initial"), ("access", "0002_policies")]
    operations = [
        police("lists_shoppinglist", "buyer"),
        police("lists_listline", "buyer"),
        police("lists_recurringorder", "buyer"),
        police("lists_run", "buyer"),
    ]
