"""Cases that may close by themselves are found at once."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0003_quiet")]
    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                condition=models.Q(status__in=("SOLVED", "WAITS_BUYER")),
                fields=["moved_at"],
                name="case_may_close",
            ),
        ),
    ]
