"""Versions and computed lists, contracts, promotions and what they took off."""

import django.db.models.deletion
import django.db.models.expressions
import heliu.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Price lists are few (thousands): index and constraints are there in an instant."

    dependencies = [
        ('goods', '0002_policies'),
        ('pricing', '0005_best'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('committed', models.BigIntegerField(blank=True, null=True)),
                ('committed_quantity', models.BigIntegerField(blank=True, null=True)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField()),
                ('agreed_at', models.DateTimeField()),
                ('agreed_by_name', models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='Discount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_id', models.UUIDField()),
                ('sku', models.UUIDField()),
                ('place', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('name_zh', models.CharField(blank=True, max_length=120)),
                ('buyer', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('quantity', models.BigIntegerField()),
                ('before', models.BigIntegerField()),
                ('after', models.BigIntegerField()),
                ('amount', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Promotion',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('name_zh', models.CharField(blank=True, max_length=120)),
                ('priority', models.PositiveIntegerField(default=100)),
                ('combinable', models.BooleanField(default=False)),
                ('effect', models.CharField(choices=[('PERCENT', 'Percent off'), ('AMOUNT', 'Amount off each'), ('PRICE', 'Special price')], max_length=7)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('amount', models.BigIntegerField(blank=True, null=True)),
                ('min_quantity', models.BigIntegerField(default=1)),
                ('min_order', models.BigIntegerField(blank=True, null=True)),
                ('all_goods', models.BooleanField(default=True)),
                ('all_buyers', models.BooleanField(default=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('budget', models.BigIntegerField(blank=True, null=True)),
                ('spent', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='PromotionBuyer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='PromotionGoods',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
            ],
        ),
        migrations.AddField(
            model_name='pricelist',
            name='base',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='computed', to='pricing.pricelist'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='factor',
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='live_from',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='round_to',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='rounding',
            field=models.CharField(choices=[('NEAREST', 'To the nearest'), ('UP', 'Up'), ('DOWN', 'Down')], db_default='NEAREST', default='NEAREST', max_length=7),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='version_of',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='pricing.pricelist'),
        ),
        migrations.AddIndex(
            model_name='pricelist',
            index=models.Index(condition=models.Q(('version_of__isnull', False)), fields=['version_of', 'live_from'], name='price_list_versions'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('live_from__isnull', True), ('version_of__isnull', True)), models.Q(('base__isnull', True), ('is_default', False), ('version_of__isnull', False)), _connector='OR'), name='version_is_no_list_of_its_own'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('base__isnull', True), ('factor__isnull', True)), models.Q(('base__isnull', False), ('factor__gt', 0), models.Q(('base', models.F('id')), _negated=True)), _connector='OR'), name='computed_list_has_base_and_factor'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('round_to__lte', 4), ('rounding__in', ['NEAREST', 'UP', 'DOWN'])), name='price_list_rounding_known'),
        ),
        migrations.AddField(
            model_name='contract',
            name='price_list',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='contract', to='pricing.pricelist'),
        ),
        migrations.AddIndex(
            model_name='promotion',
            index=models.Index(fields=['seller', 'ends_at'], name='promotion_seller'),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.UniqueConstraint(fields=('seller', 'code'), name='one_promotion_per_code'),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', True), ('effect', 'PERCENT'), ('percent__gt', 0), ('percent__lte', 100)), models.Q(('amount__gte', 0), ('effect__in', ['AMOUNT', 'PRICE']), ('percent__isnull', True)), _connector='OR'), name='promotion_effect_known'),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='promotion_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='promotion',
            constraint=models.CheckConstraint(condition=models.Q(('min_quantity__gt', 0), ('spent__gte', 0), models.Q(('min_order__isnull', True), ('min_order__gt', 0), _connector='OR'), models.Q(('budget__isnull', True), ('budget__gt', 0), _connector='OR')), name='promotion_bounds_above_zero'),
        ),
        migrations.AddField(
            model_name='discount',
            name='promotion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given', to='pricing.promotion'),
        ),
        migrations.AddField(
            model_name='promotionbuyer',
            name='promotion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buyers', to='pricing.promotion'),
        ),
        migrations.AddField(
            model_name='promotiongoods',
            name='family',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='goods.family'),
        ),
        migrations.AddField(
            model_name='promotiongoods',
            name='promotion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goods', to='pricing.promotion'),
        ),
        migrations.AddField(
            model_name='promotiongoods',
            name='sku',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='goods.sku'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['seller', '-valid_to'], name='contract_seller'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['buyer', '-valid_to'], name='contract_buyer'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='contract_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('committed__isnull', True), ('committed__gt', 0), _connector='OR'), models.Q(('committed_quantity__isnull', True), ('committed_quantity__gt', 0), _connector='OR')), name='contract_commits_to_something'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('buyer', models.F('seller')), _negated=True), name='contract_has_two_sides'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.UniqueConstraint(fields=('order_id', 'sku', 'place'), name='discount_once'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(('after__gte', 0), ('before__gte', models.F('after')), ('quantity__gt', 0), ('amount', django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', django.db.models.expressions.CombinedExpression(models.F('before'), '-', models.F('after'))))), name='discount_amount'),
        ),
        migrations.AddConstraint(
            model_name='promotionbuyer',
            constraint=models.UniqueConstraint(fields=('promotion', 'buyer'), name='promotion_buyer_once'),
        ),
        migrations.AddConstraint(
            model_name='promotiongoods',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('family__isnull', False), ('sku__isnull', True)), models.Q(('family__isnull', True), ('sku__isnull', False)), _connector='OR'), name='promotion_goods_are_sku_or_family'),
        ),
        migrations.AddConstraint(
            model_name='promotiongoods',
            constraint=models.UniqueConstraint(fields=('promotion', 'sku'), name='promotion_sku_once'),
        ),
        migrations.AddConstraint(
            model_name='promotiongoods',
            constraint=models.UniqueConstraint(fields=('promotion', 'family'), name='promotion_family_once'),
        ),
    ]
