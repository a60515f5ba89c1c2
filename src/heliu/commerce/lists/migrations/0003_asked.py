"""A due day may end in a question to others; what is said to the seller, and when goods are wished."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    reviewed = "The table of known statuses grows by one: what old code writes passes."
    dependencies = [("lists", "0002_policies")]
    operations = [
        migrations.AddField(
            "recurringorder",
            "remark",
            models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            "recurringorder", "wished_after", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AlterField(
            "run",
            "status",
            models.CharField(
                choices=[
                    ("ORDERED", "Ordered"),
                    ("ASKED", "Agreement asked"),
                    ("FAILED", "Failed"),
                    ("SKIPPED", "Skipped"),
                ],
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint("run", "recurring_run_status_known"),
        migrations.AddConstraint(
            "run",
            models.CheckConstraint(
                condition=Q(status__in=["ORDERED", "ASKED", "FAILED", "SKIPPED"]),
                name="recurring_run_status_known",
            ),
        ),
    ]
