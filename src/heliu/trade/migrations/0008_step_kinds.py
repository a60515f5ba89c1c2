"""The newest steps of a kind; not those of every order, so that placing one costs nothing more."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("trade", "0007_operator_at_size")]
    operations = [
        AddIndexConcurrently(
            "dealstep",
            models.Index(
                fields=["step", "-id"],
                condition=~Q(step__in=["ORDERED", "CLOSED"]),
                name="step_of_kind",
            ),
        ),
    ]
