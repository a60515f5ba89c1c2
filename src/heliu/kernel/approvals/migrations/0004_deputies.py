"""Somebody stands in for who is away; a level that waits too long is opened to others."""

import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    reviewed = "The constraints are about a column that old code leaves empty."

    dependencies = [
        ('approvals', '0003_who_set_a_rule'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('person', models.UUIDField()),
                ('person_name', models.CharField(max_length=80)),
                ('deputy', models.UUIDField()),
                ('deputy_name', models.CharField(max_length=80)),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='approval',
            name='escalates_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='approval',
            name='is_escalated',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='vote',
            name='stands_for',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='vote',
            name='stands_for_name',
            field=models.CharField(db_default='', max_length=80),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('approval', 'stands_for'), name='one_vote_per_right'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.CheckConstraint(condition=models.Q(('stands_for', models.F('asked_by')), _negated=True), name='nobody_votes_for_who_asks'),
        ),
        migrations.AddIndex(
            model_name='delegation',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['deputy'], name='delegation_deputy'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('deputy')), _negated=True), name='deputy_is_another'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('starts__lte', models.F('ends'))), name='delegation_has_days'),
        ),
        police("approvals_delegation", "org"),
    ]
