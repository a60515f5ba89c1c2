"""A second proof of who somebody is, and houses that ask for it."""

from pathlib import Path

import django.db.models.deletion
import heliu.kernel.ids
from django.conf import settings
from django.db import migrations, models


from heliu.kernel.access.row_policies import police

SQL = (Path(__file__).parent.parent / "sql" / "access_seats_demanding.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0011_own_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='FactorDemand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', models.UUIDField(unique=True)),
                ('everybody', models.BooleanField(default=False)),
                ('permissions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('TOTP', 'Code of an app'), ('PASSKEY', 'Passkey')], max_length=7)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('secret', models.BinaryField()),
                ('credential', models.BinaryField(blank=True, null=True)),
                ('last_step', models.BigIntegerField(default=0)),
                ('signs', models.BigIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factors', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['TOTP', 'PASSKEY'])), name='factor_known'), models.UniqueConstraint(condition=models.Q(('kind', 'TOTP')), fields=('user',), name='one_totp_each'), models.UniqueConstraint(fields=('credential',), name='one_passkey_per_credential'), models.CheckConstraint(condition=models.Q(models.Q(('credential__isnull', False), ('kind', 'PASSKEY')), models.Q(('credential', None), ('kind', 'TOTP')), _connector='OR'), name='passkey_has_a_credential')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('digest', models.BinaryField(max_length=32)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_once')],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('how', models.CharField(max_length=8)),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='sign_in_user')],
            },
        ),
        police("access_factordemand", "org"),
        migrations.RunSQL(SQL, "drop function access_seats_demanding(uuid[])"),
    ]
