"""Money that comes to an account unasked, and who sees it."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    reviewed = "The table is new: no old code uses it."
    dependencies = [
        ('bank', '0005_modes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Incoming',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('bank', models.UUIDField()),
                ('entry', models.CharField(max_length=40)),
                ('amount', models.BigIntegerField()),
                ('reference', models.CharField(blank=True, max_length=140)),
                ('counterparty', models.CharField(blank=True, max_length=34)),
                ('payer', models.UUIDField(blank=True, null=True)),
                ('booked_on', models.DateField()),
                ('came_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('SUSPENSE', 'In suspense'), ('MATCHED', 'Matched by itself'), ('SETTLED', 'Settled by a person')], default='SUSPENSE', max_length=8)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('settled_by_name', models.CharField(blank=True, max_length=80)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bank.bankaccount')),
            ],
            options={
                'indexes': [models.Index(fields=['org', '-booked_on'], name='incoming_org'), models.Index(fields=['counterparty', 'booked_on'], name='incoming_payer'), models.Index(condition=models.Q(('status', 'SUSPENSE')), fields=['org'], name='incoming_suspense')],
                'constraints': [models.UniqueConstraint(fields=('account', 'entry'), name='came_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='incoming_positive'), models.CheckConstraint(condition=models.Q(('status__in', ['SUSPENSE', 'MATCHED', 'SETTLED'])), name='incoming_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('status', 'SUSPENSE')), models.Q(models.Q(('status', 'SUSPENSE'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='incoming_settled_at_a_time')],
            },
        ),
        # The holder of the account settles it; the worker takes it in.
        police("bank_incoming", "org"),
        migrations.RunSQL(
            "revoke insert, delete, truncate on bank_incoming from heliu_web",
            "grant insert, delete on bank_incoming to heliu_web",
        ),
    ]
