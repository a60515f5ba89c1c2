"""Cost centres, budgets, rules of purchase and requests."""

import django.db.models.deletion
import django.db.models.functions.datetime
import heliu.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('goods', '0002_policies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('person', models.UUIDField(blank=True, null=True)),
                ('period', models.CharField(choices=[('MONTH', 'Month'), ('QUARTER', 'Quarter'), ('YEAR', 'Year')], max_length=7)),
                ('amount', models.BigIntegerField()),
                ('carries', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='BudgetPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', models.UUIDField()),
                ('starts', models.DateField()),
                ('ends', models.DateField()),
                ('account', models.BigIntegerField()),
                ('carried', models.BigIntegerField(default=0)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='spending.budget')),
            ],
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('org', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('amount', models.BigIntegerField()),
                ('back', models.BigIntegerField(db_default=0)),
                ('status', models.CharField(choices=[('HELD', 'Held'), ('SPENT', 'Spent'), ('FREED', 'Given back')], default='HELD', max_length=5)),
                ('at', models.DateTimeField()),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='spending.budgetperiod')),
            ],
        ),
        migrations.CreateModel(
            name='CostCentre',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('code', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=80)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('org', 'code'), name='one_cost_centre_per_code'), models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='cost_centre_has_a_code')],
            },
        ),
        migrations.AddField(
            model_name='budget',
            name='cost_centre',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='spending.costcentre'),
        ),
        migrations.CreateModel(
            name='House',
            fields=[
                ('org', models.UUIDField(primary_key=True, serialize=False)),
                ('needs_centre', models.BooleanField(default=False)),
                ('keeps_days', models.PositiveSmallIntegerField(default=7)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('keeps_days__gte', 1), ('keeps_days__lte', 30)), name='prices_kept_1_to_30_days')],
            },
        ),
        migrations.CreateModel(
            name='OrderCentre',
            fields=[
                ('order_id', models.UUIDField(primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('cost_centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='spending.costcentre')),
            ],
        ),
        migrations.CreateModel(
            name='PurchaseRequest',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20)),
                ('buyer', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('pay_by', models.CharField(max_length=8)),
                ('warehouse', models.UUIDField(blank=True, null=True)),
                ('programme', models.UUIDField(blank=True, null=True)),
                ('deposit_ratio', models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True)),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('remark', models.TextField(blank=True)),
                ('external_id', models.CharField(blank=True, max_length=80)),
                ('total', models.BigIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('asked_by', models.UUIDField()),
                ('asked_by_name', models.CharField(max_length=80)),
                ('asked_at', models.DateTimeField()),
                ('kept_until', models.DateTimeField()),
                ('holds_goods', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('WAITING', 'Waits for agreement'), ('AGREED', 'Agreed, not placed'), ('PLACED', 'Ordered'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn'), ('EXPIRED', 'Expired')], default='WAITING', max_length=9)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('cost_centre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='spending.costcentre')),
            ],
        ),
        migrations.CreateModel(
            name='PurchaseRule',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('from_amount', models.BigIntegerField(default=0)),
                ('family', models.CharField(blank=True, max_length=40)),
                ('person', models.UUIDField(blank=True, null=True)),
                ('levels', models.JSONField()),
                ('holds_goods', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('cost_centre', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='spending.costcentre')),
            ],
        ),
        migrations.CreateModel(
            name='RequestLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('buyer', models.UUIDField()),
                ('position', models.PositiveIntegerField()),
                ('quantity', models.BigIntegerField()),
                ('unit_price', models.BigIntegerField()),
                ('struck_by_name', models.CharField(blank=True, max_length=80)),
                ('struck_reason', models.CharField(blank=True, max_length=300)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='spending.purchaserequest')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.sku')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Spender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', models.UUIDField()),
                ('person', models.UUIDField()),
                ('cost_centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='spending.costcentre')),
            ],
        ),
        migrations.AddConstraint(
            model_name='budgetperiod',
            constraint=models.UniqueConstraint(fields=('budget', 'starts'), name='one_budget_period'),
        ),
        migrations.AddConstraint(
            model_name='budgetperiod',
            constraint=models.CheckConstraint(condition=models.Q(('starts__lte', models.F('ends'))), name='budget_period_has_days'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['HELD', 'SPENT', 'FREED'])), name='charge_status_known'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(fields=('order_id', 'period'), name='one_charge_per_budget'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('back__gte', 0), ('back__lte', models.F('amount'))), name='charge_gives_back_what_it_took'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('back', models.F('amount')), ('status', 'FREED')), models.Q(('back', 0), ('status', 'HELD')), models.Q(('back__lt', models.F('amount')), ('status', 'SPENT')), _connector='OR'), name='charge_freed_is_all_back'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('period__in', ['MONTH', 'QUARTER', 'YEAR'])), name='budget_period_known'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='budget_is_something'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('cost_centre', None), ('person', None), _connector='OR'), name='budget_is_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('org', 'cost_centre', 'person', 'period'), name='one_budget_per_thing_and_period', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='purchaserequest',
            index=models.Index(fields=['buyer', '-asked_at', '-id'], name='purchase_request_buyer'),
        ),
        migrations.AddIndex(
            model_name='purchaserequest',
            index=models.Index(condition=models.Q(('status__in', ('WAITING', 'AGREED'))), fields=['kept_until'], name='purchase_request_open'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['WAITING', 'AGREED', 'PLACED', 'REFUSED', 'WITHDRAWN', 'EXPIRED'])), name='purchase_request_status_known'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(('total__gte', 0)), name='purchase_request_total'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status__in', ('WAITING', 'AGREED'))), models.Q(models.Q(('status__in', ('WAITING', 'AGREED')), _negated=True), models.Q(('ended_at', None), _negated=True)), _connector='OR'), name='purchase_request_ended_when_over'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.UniqueConstraint(fields=('number',), name='one_purchase_request_per_number'),
        ),
        migrations.AddConstraint(
            model_name='purchaserule',
            constraint=models.CheckConstraint(condition=models.Q(('from_amount__gte', 0)), name='purchase_rule_from_nothing_on'),
        ),
        migrations.AddConstraint(
            model_name='purchaserule',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('org', 'cost_centre', 'family', 'person', 'from_amount'), name='one_purchase_rule_per_amount', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.UniqueConstraint(fields=('request', 'position'), name='one_request_line_per_position'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_price__gte', 0)), name='request_line_is_something'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('struck_by_name', ''), models.Q(('struck_reason', ''), _negated=True), _connector='OR'), name='a_strike_says_why'),
        ),
        migrations.AddConstraint(
            model_name='spender',
            constraint=models.UniqueConstraint(fields=('org', 'person'), name='one_cost_centre_per_spender'),
        ),
    ]
