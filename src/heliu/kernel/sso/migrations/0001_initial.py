"""Where the people of a house sign in, and who is who there."""

from pathlib import Path

import django.db.models.deletion
import heliu.kernel.ids
from django.conf import settings
from django.db import migrations, models


from heliu.kernel.access.row_policies import police

SQL = (Path(__file__).parent.parent / "sql" / "sso_provider.sql").read_text()


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("joining", "0003_people"),
        ("access", "0012_second_factor"),
        ("parties", "0009_standing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Provider',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField(unique=True)),
                ('issuer', models.CharField(max_length=300)),
                ('client_id', models.CharField(max_length=200)),
                ('secret', models.BinaryField()),
                ('is_on', models.BooleanField(default=True)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Known',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', models.UUIDField()),
                ('subject', models.CharField(max_length=255)),
                ('since', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='known', to='sso.provider')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'subject'), name='one_person_per_subject'), models.UniqueConstraint(fields=('provider', 'user'), name='one_subject_per_person')],
            },
        ),
        police("sso_provider", "org"),
        police("sso_known", "org"),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
