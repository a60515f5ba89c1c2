"""A house's provider may speak SAML 2.0, and what it says is heard once."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

SQL = (Path(__file__).parent.parent / "sql" / "sso_saml.sql").read_text()


class Migration(migrations.Migration):
    reviewed = "Three columns with defaults: what old code writes is OpenID Connect and complete."

    dependencies = [
        ("sso", "0001_initial"),
        ("parties", "0009_standing"),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='protocol',
            field=models.CharField(choices=[('OIDC', 'OpenID Connect'), ('SAML', 'SAML 2.0')], db_default='OIDC', default='OIDC', max_length=4),
        ),
        migrations.AddField(
            model_name='provider',
            name='address',
            field=models.CharField(blank=True, db_default='', max_length=300),
        ),
        migrations.AddField(
            model_name='provider',
            name='certificates',
            field=models.TextField(blank=True, db_default=''),
        ),
        migrations.AlterField(
            model_name='provider',
            name='client_id',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name='provider',
            constraint=models.CheckConstraint(condition=models.Q(('protocol', 'OIDC'), models.Q(('protocol', 'SAML'), models.Q(('address', ''), _negated=True), models.Q(('certificates', ''), _negated=True)), _connector='OR'), name='provider_is_complete'),
        ),
        migrations.CreateModel(
            name='Heard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', models.UUIDField()),
                ('assertion', models.CharField(max_length=255)),
                ('request', models.CharField(max_length=80)),
                ('ticket', models.CharField(max_length=64, unique=True)),
                ('subject', models.CharField(max_length=255)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('name', models.CharField(blank=True, max_length=80)),
                ('is_strong', models.BooleanField(default=False)),
                ('came_at', models.DateTimeField()),
                ('keep_until', models.DateTimeField()),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sso.provider')),
            ],
            options={
                'indexes': [models.Index(fields=['keep_until'], name='heard_runs_out')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'assertion'), name='assertion_heard_once')],
            },
        ),
        police("sso_heard", "org"),
        migrations.RunSQL(
            "revoke insert, update, delete, truncate on sso_heard from heliu_web",
            "grant insert, update, delete on sso_heard to heliu_web",
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
