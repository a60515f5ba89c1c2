"""A dealer asks a seller to trade with it; a house opens branches of its own."""

from pathlib import Path

import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

ASKS = (Path(__file__).parent.parent / "sql" / "joining_asks.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('joining', '0003_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='joiningrules',
            name='most_branches',
            field=models.PositiveSmallIntegerField(db_default=20, default=20),
        ),
        migrations.AddField(
            model_name='welcome',
            name='is_listed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='TradeAsk',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('buyer', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('seller_name', models.CharField(max_length=120)),
                ('seller_name_zh', models.CharField(blank=True, max_length=120)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('status', models.CharField(choices=[('ASKED', 'Asked'), ('AGREED', 'Agreed'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Taken back')], default='ASKED', max_length=9)),
                ('asked_by_name', models.CharField(max_length=80)),
                ('asked_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('answered_by_name', models.CharField(blank=True, max_length=80)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('related_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['seller', '-asked_at'], name='trade_ask_seller'), models.Index(fields=['buyer', '-asked_at'], name='trade_ask_buyer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['ASKED', 'AGREED', 'REFUSED', 'WITHDRAWN'])), name='trade_ask_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('status', 'ASKED')), models.Q(models.Q(('status', 'ASKED'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='trade_ask_answered_at_a_time'), models.CheckConstraint(condition=models.Q(('related_at', None), ('status', 'AGREED'), _connector='OR'), name='related_where_agreed'), models.UniqueConstraint(condition=models.Q(('status', 'ASKED')), fields=('buyer', 'seller'), name='one_open_trade_ask')],
            },
        ),
        police("joining_tradeask", "buyer", "seller"),
        migrations.RunSQL(ASKS, migrations.RunSQL.noop),
    ]
