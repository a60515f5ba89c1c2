"""Prices of goods."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('goods', '0004_restricted'),
    ]

    operations = [
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('lender', models.UUIDField(blank=True, null=True)),
                ('source', models.CharField(choices=[('CLEARED', 'What buyers paid here'), ('LIST', "The supplier's list"), ('INDEX', 'A price index'), ('LENDER', 'Brought by the lender')], max_length=7)),
                ('amount', models.BigIntegerField()),
                ('confidence', models.PositiveSmallIntegerField(default=100)),
                ('quoted_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by_name', models.CharField(max_length=80)),
                ('is_confirmed', models.BooleanField()),
                ('sku', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.sku')),
            ],
            options={
                'indexes': [models.Index(fields=['sku', 'lender', 'is_confirmed', '-quoted_at'], name='price_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('source__in', ['CLEARED', 'LIST', 'INDEX', 'LENDER'])), name='price_source_known'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('confidence__gte', 1), ('confidence__lte', 100)), name='price_of_something'), models.CheckConstraint(condition=models.Q(models.Q(('lender__isnull', False), ('source', 'LENDER')), models.Q(models.Q(('source', 'LENDER'), _negated=True), ('lender', None)), _connector='OR'), name='own_prices_are_a_lenders'), models.UniqueConstraint(fields=('sku', 'lender', 'source', 'quoted_at'), name='one_price_per_source_and_time', nulls_distinct=False)],
            },
        ),
    ]
