"""Pools of goods that loans against stock rest on."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

KEPT = """
create function trade_mark_kept() returns trigger language plpgsql as
$$ begin raise exception 'what a pool was worth stays on record' using errcode = 'HL405'; end $$;
create trigger kept before update or delete or truncate on trade_poolmark
    for each statement execute function trade_mark_kept();
"""


class Migration(migrations.Migration):
    reviewed = "A choice more; the tables are new."

    dependencies = [
        ('access', '0001_initial'),
        ('goods', '0004_restricted'),
        ('trade', '0034_rewards'),
        ('transport', '0004_origin'),
    ]

    operations = [
        migrations.AddField(
            model_name='deal',
            name='is_stock',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='dealstep',
            name='step',
            field=models.CharField(choices=[('ORDERED', 'Ordered'), ('ASSESSED', 'Credit decided'), ('QUOTED', 'Limit held'), ('SIGNED', 'Signed'), ('DEPOSIT_BOOKED', 'Deposit paid'), ('DISBURSED', 'Loan paid out'), ('OWN_SHARE_MOVED', 'Own share moved'), ('SELLER_PAID', 'Seller paid'), ('BILL_ACCEPTED', 'Bill accepted'), ('CONFIRMED', 'Order confirmed'), ('SHIPPED', 'Shipped'), ('RECEIVED', 'Received'), ('PLEDGED', 'Goods pledged'), ('REPAYMENT_ASKED', 'Repayment ordered'), ('REPAID', 'Repaid'), ('BILL_PAID', 'Bill paid'), ('MARGIN_SET_OFF', 'Margin set off'), ('RELEASED', 'Goods released'), ('PICKED_UP', 'Picked up'), ('CLOSED', 'Closed'), ('REFERRED', 'A person decides'), ('DECIDED', 'Decided by a person'), ('BANK_REJECTED', 'Bank rejected'), ('EXPIRED', 'Quote expired'), ('RECEIPT_DIFFERS', 'Short or damaged'), ('STRUCK', 'Struck by the seller'), ('NOT_SHIPPED', 'Not shipped in time'), ('CANCELLED', 'Cancelled'), ('REFUND_ASKED', 'Refund ordered'), ('REFUNDED', 'Refunded'), ('DEPOSIT_RETURNED', 'Deposit returned'), ('UNAPPLIED_RETURNED', 'Overpayment returned'), ('TERMS_PAID', 'Paid on terms'), ('TERMS_CREDITED', 'Credit note'), ('RETURNED', 'Goods given back'), ('TERMS_TAKEN_BACK', 'Payment taken back'), ('DUE_SOON', 'Due soon'), ('OVERDUE', 'Overdue'), ('DEFAULT_NOTICED', 'Notice of default'), ('ENFORCED', 'Enforced'), ('GOODS_GIVEN_UP', 'Goods taken back by the seller'), ('WRITTEN_OFF', 'Written off'), ('SALE_AGREED', 'Sale of the goods agreed'), ('SALE_CALLED_OFF', 'Sale of the goods called off'), ('GOODS_SOLD', 'Goods sold'), ('RECOVERED', 'Paid after writing off'), ('CHANGED', 'Order changed'), ('RECKONED_ANEW', 'Payments reckoned anew'), ('STOCK_OFFERED', 'Stock offered'), ('PAID_OUT', 'Paid out against stock'), ('WARNED', 'Warned: the stock lost value'), ('CALLED', 'Called for cash or goods'), ('CURED', 'Call cured'), ('CALL_LAPSED', 'Call not cured in time'), ('SEARCHED', 'Register searched'), ('CONFLICT_FOUND', "Another's claim found"), ('CONFLICT_ACCEPTED', 'Gone on in spite of a claim'), ('REGISTERED', 'Pledge registered'), ('RENEWED', 'Registration renewed'), ('DISCHARGED', 'Registration struck off'), ('FILING_REFUSED', 'Refused by the registry')], max_length=20),
        ),
        migrations.CreateModel(
            name='Pool',
            fields=[
                ('worth', models.BigIntegerField(default=0)),
                ('value', models.BigIntegerField(default=0)),
                ('exposure', models.BigIntegerField(default=0)),
                ('floor', models.BigIntegerField(default=0)),
                ('level', models.CharField(choices=[('COVERED', 'Covered'), ('WARNING', 'Warning'), ('CALL', 'Below the call'), ('LIQUIDATION', 'To be sold')], default='COVERED', max_length=11)),
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('buyer', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('marked_at', models.DateTimeField(blank=True, null=True)),
                ('stands_since', models.DateTimeField(blank=True, null=True)),
                ('deal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pool', to='trade.deal')),
            ],
        ),
        migrations.CreateModel(
            name='MarginCall',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('status', models.CharField(choices=[('OPEN', 'To be cured'), ('CURED', 'Cured'), ('LAPSED', 'Not cured in time'), ('ENDED', 'Overtaken')], default='OPEN', max_length=6)),
                ('called_at', models.DateTimeField()),
                ('until', models.DateField()),
                ('value', models.BigIntegerField()),
                ('exposure', models.BigIntegerField()),
                ('cash', models.BigIntegerField()),
                ('goods', models.BigIntegerField()),
                ('lapsed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('buyer', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='trade.pool')),
            ],
        ),
        migrations.CreateModel(
            name='Lodging',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('OFFER', 'To begin with'), ('TOP_UP', 'More goods'), ('SWAP', 'In place of others')], max_length=6)),
                ('status', models.CharField(choices=[('ANNOUNCED', 'To be sent'), ('SENT', 'On the way'), ('COUNTED', 'Counted in'), ('CALLED_OFF', 'Called off')], default='ANNOUNCED', max_length=10)),
                ('wants_out', models.JSONField(blank=True, default=list)),
                ('buyer', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('announced_at', models.DateTimeField()),
                ('announced_by_name', models.CharField(max_length=80)),
                ('shipment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transport.shipment')),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lodgings', to='trade.pool')),
            ],
        ),
        migrations.CreateModel(
            name='PoolMark',
            fields=[
                ('worth', models.BigIntegerField(default=0)),
                ('value', models.BigIntegerField(default=0)),
                ('exposure', models.BigIntegerField(default=0)),
                ('floor', models.BigIntegerField(default=0)),
                ('level', models.CharField(choices=[('COVERED', 'Covered'), ('WARNING', 'Warning'), ('CALL', 'Below the call'), ('LIQUIDATION', 'To be sold')], default='COVERED', max_length=11)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('cause', models.CharField(choices=[('PRICED', 'Prices or the day'), ('BROUGHT', 'Goods came in'), ('PAID_OUT', 'Paid out'), ('REPAID', 'Repaid'), ('TAKEN', 'Goods taken out'), ('SWAPPED', 'Goods exchanged'), ('SOLD', 'Goods sold'), ('ENDED', 'Over')], max_length=8)),
                ('before', models.BigIntegerField(default=0)),
                ('buyer', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('pool', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='trade.pool')),
            ],
        ),
        migrations.CreateModel(
            name='LodgingLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('quantity', models.BigIntegerField()),
                ('unit_cost', models.BigIntegerField()),
                ('bought_by', models.CharField(blank=True, max_length=20)),
                ('buyer', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('lodging', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='trade.lodging')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.sku')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('lodging', 'sku'), name='lodged_once_by_kind'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_cost__gt', 0)), name='lodged_something')],
            },
        ),
        migrations.AddIndex(
            model_name='pool',
            index=models.Index(fields=['lender', 'level'], name='pool_lender'),
        ),
        migrations.AddIndex(
            model_name='pool',
            index=models.Index(fields=['buyer'], name='pool_buyer'),
        ),
        migrations.AddIndex(
            model_name='margincall',
            index=models.Index(condition=models.Q(('status', 'OPEN')), fields=['until'], name='call_runs_until'),
        ),
        migrations.AddConstraint(
            model_name='margincall',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['OPEN', 'CURED', 'LAPSED', 'ENDED'])), name='call_status_known'),
        ),
        migrations.AddConstraint(
            model_name='margincall',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['OPEN', 'LAPSED'])), fields=('pool',), name='one_call_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='margincall',
            constraint=models.CheckConstraint(condition=models.Q(('cash__gt', 0), ('goods__gt', 0)), name='call_for_something'),
        ),
        migrations.AddConstraint(
            model_name='margincall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('status__in', ['OPEN', 'LAPSED'])), models.Q(('closed_at__isnull', False), ('status__in', ['CURED', 'ENDED'])), _connector='OR'), name='call_stands_until_closed'),
        ),
        migrations.AddConstraint(
            model_name='lodging',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['ANNOUNCED', 'SENT', 'COUNTED', 'CALLED_OFF'])), name='lodging_status_known'),
        ),
        migrations.AddConstraint(
            model_name='lodging',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['OFFER', 'TOP_UP', 'SWAP'])), name='lodging_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='lodging',
            constraint=models.UniqueConstraint(fields=('pool', 'number'), name='one_lodging_per_number'),
        ),
        migrations.AddConstraint(
            model_name='lodging',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('shipment', None), ('status__in', ['ANNOUNCED', 'CALLED_OFF'])), models.Q(('shipment__isnull', False), ('status__in', ['SENT', 'COUNTED'])), _connector='OR'), name='lodging_sent_by_shipment'),
        ),
        migrations.AddIndex(
            model_name='poolmark',
            index=models.Index(fields=['pool', '-id'], name='mark_of_pool'),
        ),
        migrations.AddConstraint(
            model_name='poolmark',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['PRICED', 'BROUGHT', 'PAID_OUT', 'REPAID', 'TAKEN', 'SWAPPED', 'SOLD', 'ENDED'])), name='mark_cause_known'),
        ),
        migrations.AddConstraint(
            model_name='poolmark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause__in', ['TAKEN', 'SWAPPED']), _negated=True), ('value__gte', models.F('floor')), models.Q(('cause', 'SWAPPED'), ('value__gte', models.F('before'))), _connector='OR'), name='nothing_leaves_below_the_floor'),
        ),
        migrations.AddConstraint(
            model_name='poolmark',
            constraint=models.CheckConstraint(condition=models.Q(('exposure__gte', 0), ('floor__gte', 0), ('value__gte', 0), ('worth__gte', models.F('value'))), name='mark_figures_sane'),
        ),
        police("trade_pool", "buyer", "lender"),
        police("trade_lodging", "buyer", "lender"),
        police("trade_lodgingline", "buyer", "lender"),
        police("trade_poolmark", "buyer", "lender"),
        police("trade_margincall", "buyer", "lender"),
        migrations.RunSQL(
            [KEPT, "create sequence number_mc"],
            "drop sequence number_mc; drop trigger kept on trade_poolmark;"
            " drop function trade_mark_kept();",
        ),
    ]
