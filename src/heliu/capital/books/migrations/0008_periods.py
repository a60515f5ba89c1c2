"""Periods of the books, their trial balances, and value days of what was booked later."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

SQL = Path(__file__).parent.parent / "sql"
TRIGGERS = """
create trigger moved after insert or update on books_period
    for each row execute function books_period_moved();
create function books_kept() returns trigger language plpgsql as
$$ begin raise exception '% is kept as it is', tg_table_name using errcode = 'HL405'; end $$;
create trigger kept before delete or truncate on books_period
    for each statement execute function books_kept();
create trigger kept before update or delete or truncate on books_periodrow
    for each statement execute function books_kept();
create trigger kept before update or delete or truncate on books_late
    for each statement execute function books_kept();
"""
BACK = """
drop trigger moved on books_period; drop trigger kept on books_period;
drop trigger kept on books_periodrow; drop trigger kept on books_late;
drop function books_period_moved(); drop function books_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("books", "0007_terms"),
        ('posting', '0009_closed'),
        ('access', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Late',
            fields=[
                ('journal', models.UUIDField(primary_key=True, serialize=False)),
                ('value_day', models.DateField()),
                ('orgs', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField())),
            ],
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('org', models.UUIDField()),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('status', models.CharField(choices=[('OPEN', 'Not closed'), ('CLOSED', 'Books closed'), ('REOPENED', 'Opened again')], default='OPEN', max_length=8)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by_name', models.CharField(blank=True, max_length=80)),
                ('reopened_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_by_name', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['org', '-first'], name='period_org')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['OPEN', 'CLOSED', 'REOPENED'])), name='period_status_known'), models.CheckConstraint(condition=models.Q(('first__lte', models.F('last'))), name='period_has_days'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('status', 'OPEN')), models.Q(models.Q(('status', 'OPEN'), _negated=True), models.Q(('closed_at', None), _negated=True)), _connector='OR'), name='period_closed_when'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'REOPENED'), models.Q(('reopened_at', None), _negated=True), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('status', 'REOPENED'), _negated=True), ('reopened_at', None)), _connector='OR'), name='period_reopened_why'), models.UniqueConstraint(condition=models.Q(('status', 'REOPENED'), _negated=True), fields=('org', 'first'), name='one_period_per_month')],
            },
        ),
        migrations.CreateModel(
            name='PeriodRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org', models.UUIDField()),
                ('code', models.CharField(max_length=24)),
                ('other', models.UUIDField(blank=True, null=True)),
                ('opening', models.BigIntegerField()),
                ('debit', models.BigIntegerField()),
                ('credit', models.BigIntegerField()),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='books.period')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('period', 'code', 'other'), name='one_row_per_code', nulls_distinct=False)],
            },
        ),
        police("books_period", "org"),
        police("books_periodrow", "org"),
        police("books_late", array="orgs"),
        migrations.RunSQL([(SQL / "period_moved.sql").read_text(), TRIGGERS], BACK),
    ]
