"""What the rule for newcomers has granted is summed at once, however many buyers there are."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("terms", "0003_newcomers")]
    operations = [
        AddIndexConcurrently(
            "terms",
            models.Index(
                fields=["seller"], condition=models.Q(("by_rule", True)), name="terms_by_rule"
            ),
        ),
    ]
