"""Sheets of a catalogue that are read chunk by chunk, and the rows that were left out."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0005_behalf'),
    ]

    operations = [
        migrations.CreateModel(
            name='SheetImport',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('kind', models.CharField(choices=[('ARTICLES', 'Articles'), ('ATTRIBUTES', 'Attributes'), ('CATEGORIES', 'Categories'), ('PACKS', 'Packs')], max_length=10)),
                ('name', models.CharField(max_length=120)),
                ('size', models.BigIntegerField()),
                ('is_trial', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('READING', 'Being read'), ('READ', 'Read'), ('FAILED', 'Not readable'), ('CANCELLED', 'Cancelled')], default='READING', max_length=9)),
                ('offset', models.BigIntegerField(default=0)),
                ('line', models.IntegerField(default=1)),
                ('taken', models.IntegerField(default=0)),
                ('bad', models.IntegerField(default=0)),
                ('brought_at', models.DateTimeField()),
                ('brought_by', models.UUIDField(blank=True, null=True)),
                ('brought_by_name', models.CharField(max_length=80)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['seller', '-brought_at'], name='sheet_import_seller'), models.Index(condition=models.Q(('state', 'READING')), fields=['brought_at'], name='sheet_import_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['READING', 'READ', 'FAILED', 'CANCELLED'])), name='sheet_import_state_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['ARTICLES', 'ATTRIBUTES', 'CATEGORIES', 'PACKS'])), name='sheet_import_kind_known'), models.CheckConstraint(condition=models.Q(('offset__gte', 0), ('offset__lte', models.F('size'))), name='sheet_import_in_its_file')],
            },
        ),
        migrations.CreateModel(
            name='BadSheetRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
                ('line', models.IntegerField()),
                ('reason', models.CharField(max_length=40)),
                ('message', models.TextField(blank=True)),
                ('places', models.JSONField(default=dict)),
                ('cells', models.JSONField(default=list)),
                ('sheet_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bad_rows', to='catalogue.sheetimport')),
            ],
            options={
                'indexes': [models.Index(fields=['sheet_import', 'line'], name='bad_sheet_row')],
            },
        ),
        police("catalogue_sheetimport", "seller"),
        police("catalogue_badsheetrow", "seller"),
    ]
