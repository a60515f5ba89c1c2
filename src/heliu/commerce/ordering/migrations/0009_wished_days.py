"""The day on which goods are wished stands on the order, and on a line that has its own.

The writing function takes the days as well; old code goes on calling the one of fewer arguments.
"""

from pathlib import Path

from django.db import migrations, models

WRITE = Path(__file__).parent.parent / "sql" / "ordering_write.sql"


class Migration(migrations.Migration):
    dependencies = [("ordering", "0008_behalf")]
    operations = [
        migrations.AddField("order", "wanted_on", models.DateField(blank=True, null=True)),
        migrations.AddField("orderline", "wanted_on", models.DateField(blank=True, null=True)),
        migrations.RunSQL(WRITE.read_text(), migrations.RunSQL.noop),
    ]
