"""What kind of customer a house is: by the operator's word, or by a seller's for its own trade."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "parties_tier.sql").read_text()
TIERS = [
    ("SME", "Small or medium enterprise"),
    ("LARGE", "Large enterprise"),
    ("PUBLIC", "Public sector"),
    ("SUPRA", "Supranational group"),
    ("CLUSTER", "Industry cluster"),
]
TRIGGERS = """
create trigger tier_guarded before update of tier on parties_organization
    for each row when (new.tier is distinct from old.tier)
    execute function parties_tier_guarded();
create trigger tier_guarded before update of tier on parties_tradingrelationship
    for each row when (new.tier is distinct from old.tier)
    execute function parties_tier_guarded();
"""
OFF = """
drop trigger tier_guarded on parties_organization;
drop trigger tier_guarded on parties_tradingrelationship;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0012_least_order")]
    operations = [
        *(
            migrations.AddField(
                name,
                "tier",
                models.CharField(blank=True, choices=TIERS, db_default="", default="", max_length=8),
            )
            for name in ("organization", "tradingrelationship")
        ),
        migrations.AddField(
            "tradingrelationship",
            "tier_applied",
            models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, OFF),
    ]
