"""A demo's clock may be wound to an hour of the day."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clock", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "alter table clock_demo add column minutes integer not null default 0"
            " check (minutes between 0 and 1439)",
            "alter table clock_demo drop column minutes",
        )
    ]
