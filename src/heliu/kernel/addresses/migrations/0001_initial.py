"""Address books of houses, and the sheets by which addresses came in."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('name', models.CharField(max_length=60)),
                ('receiver', models.CharField(max_length=80)),
                ('phone', models.CharField(max_length=40)),
                ('country', models.CharField(default='CN', max_length=2)),
                ('region', models.CharField(blank=True, max_length=120)),
                ('street', models.CharField(max_length=200)),
                ('postcode', models.CharField(blank=True, max_length=20)),
                ('hours', models.CharField(blank=True, max_length=120)),
                ('is_default', models.BooleanField(default=False)),
                ('changed_by_name', models.CharField(max_length=80)),
                ('changed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('org', 'name'), name='one_address_per_name'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('org',), name='one_default_address'), models.CheckConstraint(condition=models.Q(('is_default', False), ('ended_at', None), _connector='OR'), name='address_ended_is_no_default'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('receiver', ''), _negated=True), models.Q(('phone', ''), _negated=True), models.Q(('street', ''), _negated=True)), name='address_can_be_found')],
            },
        ),
        migrations.CreateModel(
            name='AddressImport',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('size', models.BigIntegerField()),
                ('state', models.CharField(choices=[('READING', 'Being read'), ('READ', 'Read'), ('FAILED', 'Not readable'), ('CANCELLED', 'Cancelled')], default='READING', max_length=9)),
                ('offset', models.BigIntegerField(default=0)),
                ('taken', models.IntegerField(default=0)),
                ('bad', models.IntegerField(default=0)),
                ('brought_at', models.DateTimeField()),
                ('brought_by', models.UUIDField(blank=True, null=True)),
                ('brought_by_name', models.CharField(max_length=80)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('org', models.UUIDField()),
                ('line', models.IntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['org', '-brought_at'], name='address_import_org'), models.Index(condition=models.Q(('state', 'READING')), fields=['brought_at'], name='address_import_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['READING', 'READ', 'FAILED', 'CANCELLED'])), name='address_import_state_known'), models.CheckConstraint(condition=models.Q(('offset__gte', 0), ('offset__lte', models.F('size'))), name='address_import_in_its_file')],
            },
        ),
        migrations.CreateModel(
            name='BadAddressRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.IntegerField()),
                ('reason', models.CharField(max_length=40)),
                ('message', models.TextField(blank=True)),
                ('places', models.JSONField(default=dict)),
                ('cells', models.JSONField(default=list)),
                ('org', models.UUIDField()),
                ('address_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bad_rows', to='addresses.addressimport')),
            ],
            options={
                'indexes': [models.Index(fields=['address_import', 'line'], name='bad_address_row')],
            },
        ),
    ]
