"""Contracts are agreed by both sides, and changed by both."""

from pathlib import Path

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

CONTRACTS = (Path(__file__).parent.parent / "sql" / "pricing_contracts.sql").read_text()

NAMES = """
update pricing_contract c set code = l.code, name = l.name, name_zh = l.name_zh
  from pricing_pricelist l where l.id = c.price_list_id"""


class Migration(migrations.Migration):
    reviewed = "Contracts are few and their new columns are empty; guards are quick to make."

    dependencies = [
        ('pricing', '0010_changed_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContractChange',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('live_on', models.DateField(blank=True, null=True)),
                ('last', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('ASKED', 'Asked for'), ('AGREED', 'Agreed'), ('REFUSED', 'Refused'), ('TAKEN_BACK', 'Taken back')], default='ASKED', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('asked_by_name', models.CharField(max_length=80)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by_name', models.CharField(blank=True, max_length=80)),
            ],
        ),
        *(
            migrations.AddField(
                model_name="contract",
                name=name,
                field=models.CharField(blank=blank, db_default="", default="", max_length=most),
            )
            for name, most, blank in (
                ("code", 40, False), ("name", 120, False), ("name_zh", 120, True),
            )
        ),
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='contract',
            name='is_offer',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='contract',
            name='refused_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('refused_at__isnull', True), ('is_offer', True), _connector='OR'), name='contract_refused_was_an_offer'),
        ),
        migrations.AddField(
            model_name='contractchange',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='pricing.contract'),
        ),
        migrations.AddField(
            model_name='contractchange',
            name='version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pricing.pricelist'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['ASKED', 'AGREED', 'REFUSED', 'TAKEN_BACK'])), name='contract_change_state_known'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('last__isnull', False), ('live_on__isnull', True)), models.Q(('last__isnull', True), ('live_on__isnull', False)), _connector='OR'), name='contract_change_is_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ASKED')), fields=('contract',), name='one_open_contract_change'),
        ),
        police("pricing_contractchange", "seller", "buyer"),
        migrations.RunSQL(CONTRACTS, migrations.RunSQL.noop),
    ]
