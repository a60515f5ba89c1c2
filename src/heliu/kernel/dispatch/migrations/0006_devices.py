"""Notices on a person's devices, by web push."""

from pathlib import Path

from django.db import migrations, models

import heliu.kernel.ids
from heliu.kernel.access.row_policies import police

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    reviewed = "One way more, which old code does not write; its letters are those it knows."

    dependencies = [
        ('dispatch', '0005_person'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letter',
            name='way',
            field=models.CharField(choices=[('MAIL', 'E-mail'), ('SMS', 'SMS'), ('PUSH', 'On a device')], max_length=4),
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('person', models.UUIDField()),
                ('endpoint', models.CharField(max_length=1000, unique=True)),
                ('public', models.CharField(max_length=100)),
                ('secret', models.CharField(max_length=40)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'org'], name='device_of_person')],
            },
        ),
        police("dispatch_device", "org"),
        migrations.RunSQL(
            (SQL / "dispatch_hand_on.sql").read_text(), migrations.RunSQL.noop
        ),
    ]
