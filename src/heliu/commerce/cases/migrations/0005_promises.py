"""Which tier a case's promise was made to, and when its seller is reminded of it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

TIERS = [
    ("SME", "Small or medium enterprise"),
    ("LARGE", "Large enterprise"),
    ("PUBLIC", "Public sector"),
    ("SUPRA", "Supranational group"),
    ("CLUSTER", "Industry cluster"),
]
LIVE = ("OPEN", "WAITS_BUYER", "WAITS_SELLER", "REOPENED")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0004_may_close")]
    operations = [
        migrations.AddField(
            "case",
            "tier",
            models.CharField(blank=True, choices=TIERS, db_default="", default="", max_length=8),
        ),
        migrations.AddField("case", "remind_at", models.DateTimeField(blank=True, null=True)),
        AddIndexConcurrently(
            "case",
            models.Index(
                condition=models.Q(status__in=LIVE), fields=["remind_at"], name="case_to_remind"
            ),
        ),
    ]
