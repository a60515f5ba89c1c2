"""What an order earned as a whole is reckoned anew when the order is changed."""

from pathlib import Path

from django.db import migrations

CLEAR = (Path(__file__).parent.parent / "sql" / "pricing_clear_rewards.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("pricing", "0013_paid")]
    operations = [
        migrations.RunSQL(CLEAR, "drop function pricing_clear_rewards(uuid, uuid[])"),
    ]
