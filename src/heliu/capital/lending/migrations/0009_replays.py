"""Payments reckoned anew from an earlier day, and what they paid before."""

from pathlib import Path

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police, read_only

SQL = Path(__file__).parent.parent / "sql"
TRIGGERS = """
drop trigger frozen on lending_repayment;
create trigger frozen before delete or truncate on lending_repayment
    for each statement execute function lending_repayment_frozen();
create trigger kept before update on lending_repayment
    for each row execute function lending_repayment_kept();
create trigger frozen before update or delete or truncate on lending_replay
    for each statement execute function lending_repayment_frozen();
create trigger frozen before update or delete or truncate on lending_reckoned
    for each statement execute function lending_repayment_frozen();
"""
BACK = """
drop trigger frozen on lending_repayment; drop trigger kept on lending_repayment;
create trigger frozen before update or delete or truncate on lending_repayment
    for each statement execute function lending_repayment_frozen();
drop trigger frozen on lending_replay; drop trigger frozen on lending_reckoned;
drop function lending_repayment_kept();
"""


class Migration(migrations.Migration):
    reviewed = "The tables whose rights are taken away are new."

    dependencies = [
        ("lending", "0008_more_lenders"),
        ('access', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='loan',
            name='replays',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('borrower', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('number', models.PositiveSmallIntegerField()),
                ('cause', models.CharField(choices=[('LATE', 'Known later than its value day'), ('CORRECTED', 'Value day corrected'), ('TAKEN_BACK', 'Payment taken back')], max_length=10)),
                ('key', models.CharField(max_length=80)),
                ('value_day', models.DateField()),
                ('counts_from', models.DateField()),
                ('entries', models.PositiveIntegerField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('by_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.loan')),
            ],
        ),
        migrations.CreateModel(
            name='Reckoned',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('borrower', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('effective', models.DateField()),
                ('fee', models.BigIntegerField()),
                ('penalty', models.BigIntegerField()),
                ('interest', models.BigIntegerField()),
                ('principal', models.BigIntegerField()),
                ('unapplied', models.BigIntegerField()),
                ('repayment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='before', to='lending.repayment')),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='before', to='lending.replay')),
            ],
        ),
        migrations.AddField(
            model_name='repayment',
            name='replay',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lending.replay'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.UniqueConstraint(fields=('loan', 'number'), name='one_replay_per_number'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['LATE', 'CORRECTED', 'TAKEN_BACK'])), name='replay_cause_known'),
        ),
        migrations.AddConstraint(
            model_name='reckoned',
            constraint=models.UniqueConstraint(fields=('replay', 'repayment'), name='reckoned_once'),
        ),
        police("lending_replay", "borrower", "lender"),
        police("lending_reckoned", "borrower", "lender"),
        read_only("lending_reckoned"),
        migrations.RunSQL([(SQL / "repayment_kept.sql").read_text(), TRIGGERS], BACK),
    ]
