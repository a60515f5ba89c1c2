"""The one row by which a demo's clock runs ahead."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.RunSQL(
            "create table clock_demo (single boolean primary key default true check (single),"
            " days integer not null default 0 check (days >= 0));"
            " insert into clock_demo default values;",
            "drop table clock_demo",
        )
    ]
