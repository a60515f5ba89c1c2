import django.db.models.deletion
import django.db.models.expressions
import heliu.kernel.ids
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DunningLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
                ('days', models.SmallIntegerField()),
                ('kind', models.CharField(choices=[('REMIND', 'Reminder'), ('STOP', 'Reminder and stop of orders'), ('CLAIM', 'Claim')], max_length=6)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'days'), name='one_level_per_day'), models.CheckConstraint(condition=models.Q(('kind__in', ['REMIND', 'STOP', 'CLAIM'])), name='level_known'), models.CheckConstraint(condition=models.Q(('days__gte', -30), ('days__lte', 365)), name='level_within_a_year')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('GOODS', 'Goods'), ('INTEREST', 'Interest for late payment')], default='GOODS', max_length=8)),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('order_id', models.UUIDField()),
                ('order_number', models.CharField(max_length=20)),
                ('deal', models.UUIDField()),
                ('key', models.CharField(max_length=80, unique=True)),
                ('amount', models.BigIntegerField()),
                ('issued_on', models.DateField()),
                ('due_on', models.DateField()),
                ('discount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('discount_until', models.DateField(blank=True, null=True)),
                ('late_rate', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=7)),
                ('paid', models.BigIntegerField(default=0)),
                ('credited', models.BigIntegerField(default=0)),
                ('discounted', models.BigIntegerField(default=0)),
                ('written_off', models.BigIntegerField(default=0)),
                ('disputed', models.BigIntegerField(default=0)),
                ('dispute', models.CharField(blank=True, max_length=200)),
                ('status', models.CharField(choices=[('OPEN', 'Unpaid'), ('PART_PAID', 'Partly paid'), ('PAID', 'Paid'), ('OVERDUE', 'Overdue'), ('DISPUTED', 'Disputed'), ('WRITTEN_OFF', 'Written off'), ('SOLD', 'Sold')], default='OPEN', max_length=11)),
                ('settled_on', models.DateField(blank=True, null=True)),
                ('reminded', models.SmallIntegerField(blank=True, null=True)),
                ('next_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['order_id'], name='invoice_order'), models.Index(fields=['buyer', '-issued_on'], name='invoice_buyer'), models.Index(fields=['seller', '-issued_on'], name='invoice_seller'), models.Index(condition=models.Q(('settled_on', None)), fields=['seller', 'buyer', 'due_on'], name='invoice_open'), models.Index(condition=models.Q(('next_on__isnull', False)), fields=['next_on'], name='invoice_next')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['OPEN', 'PART_PAID', 'PAID', 'OVERDUE', 'DISPUTED', 'WRITTEN_OFF', 'SOLD'])), name='invoice_status_known'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('credited__gte', 0), ('discounted__gte', 0), ('disputed__gte', 0), ('paid__gte', 0), ('written_off__gte', 0)), name='invoice_of_something'), models.CheckConstraint(condition=models.Q(('amount__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('paid'), '+', models.F('credited')), '+', models.F('discounted')), '+', models.F('written_off')), '+', models.F('disputed')))), name='invoice_not_oversettled'), models.CheckConstraint(condition=models.Q(models.Q(('settled_on__isnull', False), ('status__in', ['PAID', 'WRITTEN_OFF', 'SOLD'])), models.Q(('settled_on', None), ('status__in', ['OPEN', 'PART_PAID', 'OVERDUE', 'DISPUTED'])), _connector='OR'), name='invoice_settled_on_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('key', models.CharField(max_length=80)),
                ('amount', models.BigIntegerField()),
                ('allocated', models.BigIntegerField(default=0)),
                ('value_day', models.DateField()),
                ('reference', models.CharField(blank=True, max_length=140)),
                ('noted_by_name', models.CharField(max_length=80)),
                ('noted_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_by_name', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'indexes': [models.Index(fields=['buyer', '-noted_at'], name='terms_payment_buyer'), models.Index(fields=['seller', '-noted_at'], name='terms_payment_seller'), models.Index(condition=models.Q(('allocated__lt', models.F('amount')), ('taken_back_at', None)), fields=['seller', 'buyer'], name='terms_payment_left')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'key'), name='one_payment_per_key'), models.CheckConstraint(condition=models.Q(('allocated__gte', 0), ('allocated__lte', models.F('amount')), ('amount__gt', 0)), name='payment_within_its_amount'), models.CheckConstraint(condition=models.Q(('taken_back_at', None), ('allocated', 0), _connector='OR'), name='taken_back_settles_nothing')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('on', models.DateField()),
                ('days', models.SmallIntegerField()),
                ('kind', models.CharField(choices=[('REMIND', 'Reminder'), ('STOP', 'Reminder and stop of orders'), ('CLAIM', 'Claim')], max_length=6)),
                ('amount', models.BigIntegerField()),
                ('invoices', models.PositiveIntegerField()),
                ('oldest_due', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['buyer', '-on'], name='reminder_buyer')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'buyer', 'on', 'days'), name='reminded_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['REMIND', 'STOP', 'CLAIM'])), name='reminder_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Terms',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('rule', models.CharField(choices=[('NET', 'Days after shipment'), ('MONTH_END', 'Days after the end of the month'), ('DAY_OF_MONTH', 'Day of the next month')], default='NET', max_length=12)),
                ('days', models.PositiveSmallIntegerField(default=30)),
                ('rolls', models.BooleanField(default=True)),
                ('discount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('discount_days', models.PositiveSmallIntegerField(default=0)),
                ('grace_days', models.PositiveSmallIntegerField(default=30)),
                ('tolerance', models.BigIntegerField(default=0)),
                ('late_rate', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=7)),
                ('ceiling', models.BigIntegerField(default=0)),
                ('stop', models.CharField(blank=True, choices=[('OVERDUE', 'Overdue'), ('HAND', 'Stopped by the seller')], max_length=8)),
                ('stopped_on', models.DateField(blank=True, null=True)),
                ('passes_until', models.DateField(blank=True, null=True)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['buyer'], name='terms_buyer')],
                'constraints': [models.UniqueConstraint(fields=('seller', 'buyer'), name='one_terms_per_pair'), models.CheckConstraint(condition=models.Q(('rule__in', ['NET', 'MONTH_END', 'DAY_OF_MONTH'])), name='due_rule_known'), models.CheckConstraint(condition=models.Q(('stop__in', ['', 'OVERDUE', 'HAND'])), name='stop_known'), models.CheckConstraint(condition=models.Q(models.Q(('stop', ''), ('stopped_on', None)), models.Q(models.Q(('stop', ''), _negated=True), ('stopped_on__isnull', False)), _connector='OR'), name='stopped_since_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('rule', 'DAY_OF_MONTH'), _negated=True), models.Q(('days__gte', 1), ('days__lte', 28)), _connector='OR'), name='day_of_every_month'), models.CheckConstraint(condition=models.Q(('ceiling__gte', 0), ('days__lte', 365), ('grace_days__lte', 365), ('tolerance__gte', 0), ('discount__gte', 0), ('discount__lt', 100), ('late_rate__gte', 0), ('late_rate__lte', 100)), name='terms_within_bounds'), models.CheckConstraint(condition=models.Q(models.Q(('discount', 0), ('discount_days', 0)), models.Q(('discount__gt', 0), ('discount_days__gt', 0)), _connector='OR'), name='discount_until_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('amount', models.BigIntegerField()),
                ('discount', models.BigIntegerField(default=0)),
                ('value_day', models.DateField()),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='terms.invoice')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='terms.payment')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('discount__gte', 0)), name='allocation_of_something')],
            },
        ),
    ]
