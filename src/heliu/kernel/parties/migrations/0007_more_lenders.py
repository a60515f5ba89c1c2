"""Groups of enterprises as one house knows them: nobody else sees them."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0006_ties"),
    ]

    operations = [
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('org', 'name'), name='one_group_per_name'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='group_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', models.UUIDField()),
                ('member', models.UUIDField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='parties.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('org', 'member'), name='one_group_per_member')],
            },
        ),
        police("parties_group", "org"),
        police("parties_groupmember", "org"),
    ]
