"""Where an organisation stands with the platform, and its number in the register of companies."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

GUARD = (Path(__file__).parent.parent / "sql" / "parties_standing.sql").read_text()
STATUSES = [
    ("PENDING", "To be verified"),
    ("ACTIVE", "Active"),
    ("SUSPENDED", "Suspended"),
    ("DENIED", "Not admitted"),
    ("CLOSED", "Closed"),
]


class Migration(migrations.Migration):
    reviewed = "The columns are new: what old code writes takes their defaults and passes."
    dependencies = [("parties", "0008_terms_stop")]
    operations = [
        migrations.AddField(
            "organization",
            "status",
            models.CharField(
                choices=STATUSES, db_default="ACTIVE", default="ACTIVE", max_length=9
            ),
        ),
        migrations.AddField(
            "organization",
            "registered_in",
            models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
        migrations.AddField(
            "organization",
            "registered_number",
            models.CharField(blank=True, db_default="", default="", max_length=30),
        ),
        migrations.AddConstraint(
            "organization",
            models.CheckConstraint(
                condition=Q(status__in=[status for status, _ in STATUSES]),
                name="organization_status_known",
            ),
        ),
        migrations.AddConstraint(
            "organization",
            models.CheckConstraint(
                condition=~Q(status="CLOSED") | Q(is_active=False),
                name="organization_closed_is_inactive",
            ),
        ),
        migrations.AddConstraint(
            "organization",
            models.UniqueConstraint(
                condition=~Q(registered_number=""),
                fields=("registered_in", "registered_number"),
                name="one_organization_per_registered_number",
            ),
        ),
        migrations.RunSQL(
            GUARD,
            "drop trigger parties_standing on parties_organization;"
            " drop function parties_standing_guarded; drop function parties_operators;"
            " drop function parties_may",
        ),
    ]
