"""Files of prices that are read chunk by chunk, and the rows that were left out."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):

    dependencies = [
        ('pricing', '0008_why'),
    ]

    operations = [
        migrations.CreateModel(
            name='PriceImport',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('size', models.BigIntegerField()),
                ('state', models.CharField(choices=[('READING', 'Being read'), ('READ', 'Read'), ('FAILED', 'Not readable'), ('CANCELLED', 'Cancelled')], default='READING', max_length=9)),
                ('keep_others', models.BooleanField(default=False)),
                ('live_from', models.DateTimeField(blank=True, null=True)),
                ('offset', models.BigIntegerField(default=0)),
                ('line', models.IntegerField(default=0)),
                ('taken', models.IntegerField(default=0)),
                ('bad', models.IntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=40)),
                ('brought_at', models.DateTimeField()),
                ('brought_by', models.UUIDField(blank=True, null=True)),
                ('brought_by_name', models.CharField(max_length=80)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('price_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='pricing.pricelist')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pricing.pricelist')),
            ],
        ),
        migrations.CreateModel(
            name='BadPriceRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
                ('line', models.IntegerField()),
                ('reason', models.CharField(max_length=20)),
                ('raw', models.TextField()),
                ('price_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bad_rows', to='pricing.priceimport')),
            ],
        ),
        migrations.AddIndex(
            model_name='priceimport',
            index=models.Index(fields=['seller', '-brought_at'], name='price_import_seller'),
        ),
        migrations.AddIndex(
            model_name='priceimport',
            index=models.Index(condition=models.Q(('state', 'READING')), fields=['brought_at'], name='price_import_open'),
        ),
        migrations.AddConstraint(
            model_name='priceimport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['READING', 'READ', 'FAILED', 'CANCELLED'])), name='price_import_state_known'),
        ),
        migrations.AddConstraint(
            model_name='priceimport',
            constraint=models.CheckConstraint(condition=models.Q(('offset__gte', 0), ('offset__lte', models.F('size'))), name='price_import_in_its_file'),
        ),
        migrations.AddIndex(
            model_name='badpricerow',
            index=models.Index(fields=['price_import', 'line'], name='bad_price_row'),
        ),
        police("pricing_priceimport", "seller"),
        police("pricing_badpricerow", "seller"),
    ]
