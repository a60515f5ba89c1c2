"""Programmes that lenders write, and what their sellers say to them."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

# A draft is the lender's alone; the seller reads what was sent to it.
OFFERED = "sent_at is not null and seller = any ((select heliu_orgs())::uuid[])"


class Migration(migrations.Migration):

    dependencies = [
        ('credit', '0010_margin_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProgrammeDraft',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('lender', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('terms', models.JSONField()),
                ('changed', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('DRAFT', 'Draft'), ('OFFERED', 'With the seller'), ('AGREED', 'In force'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn')], default='DRAFT', max_length=9)),
                ('written_by_name', models.CharField(max_length=80)),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by_name', models.CharField(blank=True, max_length=80)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('said', models.CharField(blank=True, max_length=300)),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='credit.programme')),
            ],
            options={
                'indexes': [models.Index(fields=['lender', '-written_at'], name='programme_draft_lender'), models.Index(fields=['seller', '-written_at'], name='programme_draft_seller')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['DRAFT', 'OFFERED', 'AGREED', 'REFUSED', 'WITHDRAWN'])), name='programme_draft_status_known'), models.UniqueConstraint(condition=models.Q(('status__in', ['DRAFT', 'OFFERED'])), fields=('programme',), name='one_open_draft_per_programme'), models.CheckConstraint(condition=models.Q(('status__in', ['DRAFT', 'WITHDRAWN']), models.Q(('sent_at', None), _negated=True), _connector='OR'), name='programme_answered_when_sent')],
            },
        ),
        police("credit_programmedraft", "lender", condition=OFFERED),
    ]
