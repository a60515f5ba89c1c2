"""A suspended seller's relationships pause; a house is closed for good by two persons."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

PAUSE = (Path(__file__).parent.parent / "sql" / "parties_pause.sql").read_text()
STATUSES = [
    ("ASKED", "Asked for"),
    ("ACTIVE", "Active"),
    ("PAUSED", "Paused"),
    ("ENDED", "Ended"),
]


class Migration(migrations.Migration):
    reviewed = "The table of known statuses grows by one; closing waits until all run this version."
    dependencies = [("parties", "0015_no_wait"), ("approvals", "0001_initial")]
    operations = [
        migrations.AlterField(
            "tradingrelationship",
            "status",
            models.CharField(choices=STATUSES, default="ACTIVE", max_length=8),
        ),
        migrations.RemoveConstraint("tradingrelationship", "relationship_status_known"),
        migrations.AddConstraint(
            "tradingrelationship",
            models.CheckConstraint(
                condition=Q(status__in=[status for status, _ in STATUSES]),
                name="relationship_status_known",
            ),
        ),
        migrations.RunSQL(PAUSE, migrations.RunSQL.noop),
    ]
