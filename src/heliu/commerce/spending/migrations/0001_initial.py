"""Cost centres, budgets and rules of purchase."""

import django.db.models.deletion
import django.db.models.functions.datetime
import heliu.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
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
            name='House',
            fields=[
                ('org', models.UUIDField(primary_key=True, serialize=False)),
                ('needs_centre', models.BooleanField(default=False)),
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
            name='OrderCentre',
            fields=[
                ('order_id', models.UUIDField(primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('cost_centre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='spending.costcentre')),
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
        migrations.AddConstraint(
            model_name='purchaserule',
            constraint=models.CheckConstraint(condition=models.Q(('from_amount__gte', 0)), name='purchase_rule_from_nothing_on'),
        ),
        migrations.AddConstraint(
            model_name='purchaserule',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('org', 'cost_centre', 'family', 'person', 'from_amount'), name='one_purchase_rule_per_amount', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='spender',
            constraint=models.UniqueConstraint(fields=('org', 'person'), name='one_cost_centre_per_spender'),
        ),
    ]
