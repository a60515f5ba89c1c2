"""Who is to work with a house, and the domain of its mail."""

from pathlib import Path

import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

HOUSE_OF = (Path(__file__).parent.parent / "sql" / "joining_house_of.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('joining', '0002_policies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Colleague',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('email', models.EmailField(max_length=150)),
                ('name', models.CharField(max_length=80)),
                ('role', models.CharField(max_length=40)),
                ('status', models.CharField(choices=[('INVITED', 'Invited'), ('ASKED', 'Asks to join'), ('JOINED', 'Joined'), ('ENDED', 'Ended')], max_length=7)),
                ('made_by_name', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['INVITED', 'ASKED', 'JOINED', 'ENDED'])), name='colleague_status_known'), models.UniqueConstraint(condition=models.Q(('status__in', ['INVITED', 'ASKED'])), fields=('org', 'email'), name='one_open_colleague_per_address')],
            },
        ),
        migrations.CreateModel(
            name='MailDomain',
            fields=[
                ('domain', models.CharField(max_length=120, primary_key=True, serialize=False)),
                ('org', models.UUIDField(unique=True)),
                ('lets_in', models.CharField(choices=[('AT_ONCE', 'is let in at once, with the least role'), ('ASKS', 'waits until somebody who manages the house says yes')], max_length=7)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('lets_in__in', ['AT_ONCE', 'ASKS'])), name='mail_domain_lets_in_known')],
            },
        ),
        police("joining_colleague", "org"),
        police("joining_maildomain", "org"),
        migrations.RunSQL(HOUSE_OF, "drop function joining_house_of"),
    ]
