"""Where a house stands, when it is open and whom to call, for those who fetch goods there."""

from django.db import migrations, models

SAID = {"address_zh": 200, "hours": 120, "hours_zh": 120, "contact": 80, "phone": 40}


class Migration(migrations.Migration):
    dependencies = [("warehousing", "0002_policies")]
    operations = [
        migrations.AddField(
            "warehouse", name, models.CharField(blank=True, db_default="", max_length=most)
        )
        for name, most in SAID.items()
    ]
