"""Pieces that are told apart by lot or serial number: where they are, and where they were."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Upper

import heliu.kernel.ids
from heliu.kernel.access.row_policies import police

MARKS = (Path(__file__).parent.parent / "sql" / "marks.sql").read_text()
OPERATOR = """exists (select from parties_partyrole
    where role = 'OPERATOR' and organization_id = any ((select heliu_orgs())::uuid[]))"""
HOLDS = """exists (select from stock_pieces p where p.mark_id = stock_mark.id offset 0)
    or exists (select from stock_trace t where t.mark_id = stock_mark.id offset 0)"""

class Migration(migrations.Migration):

    reviewed = "No goods are traced yet: the triggers refuse nothing that old code writes."
    dependencies = [
        ('goods', '0005_tracking'),
        ('stock', '0008_waiting'),
    ]

    operations = [
        migrations.AddField(
            model_name='stockrow',
            name='is_traced',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('code', models.CharField(max_length=40)),
                ('article', models.CharField(max_length=40)),
                ('is_serial', models.BooleanField()),
                ('good_until', models.DateField(blank=True, null=True)),
                ('came_at', models.DateTimeField()),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.sku')),
            ],
        ),
        migrations.CreateModel(
            name='Pieces',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('is_serial', models.BooleanField()),
                ('seller', models.UUIDField()),
                ('owner', models.UUIDField()),
                ('warehouse', models.UUIDField()),
                ('away', models.CharField(blank=True, choices=[('transit', 'On the way'), ('missing', 'Missing'), ('handed-over', 'Handed over'), ('difference', 'Not found at a count')], max_length=11)),
                ('ref', models.CharField(blank=True, max_length=40)),
                ('quantity', models.BigIntegerField()),
                ('mark', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='stock.mark')),
                ('row', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pieces', to='stock.stockrow')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.sku')),
            ],
        ),
        migrations.CreateModel(
            name='Trace',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('kind', models.CharField(max_length=20)),
                ('quantity', models.BigIntegerField()),
                ('giver', models.UUIDField()),
                ('owner', models.UUIDField()),
                ('warehouse', models.UUIDField()),
                ('to_away', models.CharField(blank=True, choices=[('transit', 'On the way'), ('missing', 'Missing'), ('handed-over', 'Handed over'), ('difference', 'Not found at a count')], max_length=11)),
                ('is_damaged', models.BooleanField(default=False)),
                ('subject', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('mark', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='traces', to='stock.mark')),
            ],
        ),
        migrations.AddIndex(
            model_name='mark',
            index=models.Index(Upper("code"), name='mark_code'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(fields=('sku', 'code'), name='a_mark_once_of_its_article'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='a_mark_says_something'),
        ),
        migrations.AddIndex(
            model_name='pieces',
            index=models.Index(condition=models.Q(('away', ''), _negated=True), fields=['sku', 'away', 'ref'], name='pieces_away'),
        ),
        migrations.AddConstraint(
            model_name='pieces',
            constraint=models.CheckConstraint(condition=models.Q(('away__in', ['', 'transit', 'missing', 'handed-over', 'difference'])), name='away_known'),
        ),
        migrations.AddConstraint(
            model_name='pieces',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('away', ''), ('ref', ''), ('row__isnull', False)), models.Q(('row', None), models.Q(('away', ''), _negated=True)), _connector='OR'), name='pieces_are_at_one_place'),
        ),
        migrations.AddConstraint(
            model_name='pieces',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), models.Q(('is_serial', False), ('quantity', 1), _connector='OR')), name='a_serial_is_one_piece'),
        ),
        migrations.AddConstraint(
            model_name='pieces',
            constraint=models.UniqueConstraint(condition=models.Q(('is_serial', True)), fields=('mark',), name='a_serial_is_at_one_place'),
        ),
        migrations.AddConstraint(
            model_name='pieces',
            constraint=models.UniqueConstraint(fields=('mark', 'row', 'away', 'ref', 'owner'), name='pieces_of_a_mark_once_at_a_place', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='trace',
            index=models.Index(fields=['mark', 'at'], name='trace_of_mark'),
        ),
        police("stock_pieces", "seller", "owner", "warehouse", condition=OPERATOR),
        police("stock_trace", "seller", "giver", "owner", "warehouse", condition=OPERATOR),
        police("stock_mark", "seller", condition=f"{OPERATOR} or {HOLDS}"),
        migrations.RunSQL(MARKS, migrations.RunSQL.noop),
    ]
