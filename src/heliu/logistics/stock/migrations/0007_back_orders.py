"""Back-orders: the floor of a promise may lie below nothing, and goods are expected by days."""

from pathlib import Path

import django.db.models.deletion
import heliu.kernel.ids
from heliu.kernel.access.row_policies import police
from django.db import migrations, models


SQL = Path(__file__).parent.parent / "sql"
OUTLOOK = "stock_outlook(uuid[], uuid, uuid, timestamptz)"


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0004_restricted'),
        ('stock', '0006_promise'),
    ]

    operations = [
        migrations.CreateModel(
            name='BackOrder',
            fields=[
                ('sku', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='goods.sku')),
                ('owner', models.UUIDField()),
                ('most', models.BigIntegerField()),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['owner'], name='back_order_owner')],
                'constraints': [models.CheckConstraint(condition=models.Q(('most__gt', 0)), name='back_orders_for_something')],
            },
        ),
        migrations.CreateModel(
            name='Expected',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner', models.UUIDField()),
                ('quantity', models.BigIntegerField()),
                ('day', models.DateField()),
                ('note', models.CharField(blank=True, max_length=120)),
                ('status', models.CharField(choices=[('OPEN', 'Expected'), ('ARRIVED', 'Arrived'), ('CALLED_OFF', 'Called off')], default='OPEN', max_length=10)),
                ('arrived', models.BigIntegerField(default=0)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.sku')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'OPEN')), fields=['owner', 'sku', 'day'], name='expected_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['OPEN', 'ARRIVED', 'CALLED_OFF'])), name='expected_status_known'), models.CheckConstraint(condition=models.Q(('arrived__gte', 0), ('quantity__gt', 0)), name='expected_is_something'), models.CheckConstraint(condition=models.Q(models.Q(('arrived', 0), ('closed_at', None), ('status', 'OPEN')), models.Q(models.Q(('status', 'OPEN'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='expected_until_closed')],
            },
        ),
        police("stock_backorder", "owner"),
        police("stock_expected", "owner"),
        migrations.RunSQL((SQL / "available_0007.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "outlook_0007.sql").read_text(), f"drop function {OUTLOOK}"),
    ]
