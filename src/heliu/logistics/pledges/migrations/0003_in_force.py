"""Pledges that bind goods are found among all that ever did."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("pledges", "0002_policies")]
    operations = [
        AddIndexConcurrently(
            "pledge",
            models.Index(
                fields=["activated_at"],
                name="pledge_in_force",
                condition=models.Q(status__in=["ACTIVE", "PARTLY_RELEASED"]),
            ),
        ),
    ]
