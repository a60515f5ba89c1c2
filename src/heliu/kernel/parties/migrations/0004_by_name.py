"""Lists of organisations by name begin at once, however many there are."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("parties", "0003_trees")]
    operations = [
        AddIndexConcurrently(
            "organization", models.Index(fields=["name", "code"], name="organization_by_name")
        ),
    ]
