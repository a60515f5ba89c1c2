"""What waits for the agreement of others, and who agreed."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('act', models.CharField(max_length=40)),
                ('subject', models.UUIDField()),
                ('name', models.CharField(max_length=40)),
                ('amount', models.BigIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('levels', models.JSONField()),
                ('level', models.PositiveSmallIntegerField(default=1)),
                ('status', models.CharField(choices=[('WAITING', 'Waits for agreement'), ('APPROVED', 'Agreed'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn'), ('EXPIRED', 'Expired')], default='WAITING', max_length=9)),
                ('asked_by', models.UUIDField()),
                ('asked_by_name', models.CharField(max_length=80)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['org', '-asked_at'], name='approval_org'), models.Index(fields=['subject'], name='approval_subject'), models.Index(condition=models.Q(('status', 'WAITING')), fields=['expires_at'], name='approval_waits')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['WAITING', 'APPROVED', 'REFUSED', 'WITHDRAWN', 'EXPIRED'])), name='approval_status_known'), models.UniqueConstraint(condition=models.Q(('status', 'WAITING')), fields=('act', 'subject'), name='one_approval_waits_per_subject'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'WAITING')), models.Q(models.Q(('status', 'WAITING'), _negated=True), models.Q(('ended_at', None), _negated=True)), _connector='OR'), name='approval_ended_when_over')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalRule',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('act', models.CharField(max_length=40)),
                ('from_amount', models.BigIntegerField(default=0)),
                ('level', models.PositiveSmallIntegerField()),
                ('permission', models.CharField(max_length=30)),
                ('people', models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('org', 'act', 'from_amount', 'level'), name='one_approval_rule_per_level'), models.CheckConstraint(condition=models.Q(('from_amount__gte', 0), ('level__gte', 1), ('people__gte', 1)), name='approval_rule_asks_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('level', models.PositiveSmallIntegerField()),
                ('asked_by', models.UUIDField()),
                ('person', models.UUIDField()),
                ('person_name', models.CharField(max_length=80)),
                ('agrees', models.BooleanField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='approvals.approval')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('approval', 'person'), name='one_vote_per_person'), models.CheckConstraint(condition=models.Q(('person', models.F('asked_by')), _negated=True), name='who_asks_has_no_vote'), models.CheckConstraint(condition=models.Q(('agrees', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_no_says_why')],
            },
        ),
    ]
