"""How far a lender lends against stock."""

import django.contrib.postgres.fields
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

OWN = "lender = any ((select heliu_orgs())::uuid[])"
FINANCED = (
    "programme_id in (select programme_id from credit_facility"
    " where borrower = any ((select heliu_orgs())::uuid[]))"
)


class Migration(migrations.Migration):
    reviewed = "A mode more: what old code writes still passes; the table whose columns are set is new."

    dependencies = [
        ('access', '0001_initial'),
        ('credit', '0009_short'),
    ]

    operations = [
        migrations.CreateModel(
            name='MarginRules',
            fields=[
                ('programme', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='margin_rules', serialize=False, to='credit.programme')),
                ('lender', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('opening_ratio', models.DecimalField(decimal_places=4, default=Decimal('0.60'), max_digits=5)),
                ('warn_ratio', models.DecimalField(decimal_places=4, default=Decimal('0.65'), max_digits=5)),
                ('call_ratio', models.DecimalField(decimal_places=4, default=Decimal('0.70'), max_digits=5)),
                ('liquidation_ratio', models.DecimalField(decimal_places=4, default=Decimal('0.80'), max_digits=5)),
                ('cure_days', models.PositiveSmallIntegerField(default=3)),
                ('haircut', models.DecimalField(decimal_places=4, default=Decimal('0.10'), max_digits=5)),
                ('haircuts', models.JSONField(blank=True, default=dict)),
                ('stale_days', models.PositiveSmallIntegerField(default=7)),
                ('max_age_days', models.PositiveSmallIntegerField(default=180)),
                ('concentration', models.DecimalField(decimal_places=4, default=Decimal('1'), max_digits=5)),
                ('families', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='programme',
            name='programme_release_known',
        ),
        migrations.AlterField(
            model_name='programme',
            name='release_mode',
            field=models.CharField(choices=[('PROPORTIONAL', 'The repaid share of the loan'), ('DEPOSIT_FIRST', 'All that was paid in, the deposit included'), ('FLOOR', 'What lies there above the floor')], db_default='PROPORTIONAL', default='PROPORTIONAL', max_length=13),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('release_mode__in', ['PROPORTIONAL', 'DEPOSIT_FIRST', 'FLOOR'])), name='programme_release_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('product', 'INVENTORY'), ('release_mode', 'FLOOR')), models.Q(models.Q(('product', 'INVENTORY'), _negated=True), models.Q(('release_mode', 'FLOOR'), _negated=True)), _connector='OR'), name='stock_is_held_by_a_floor'),
        ),
        migrations.AddConstraint(
            model_name='marginrules',
            constraint=models.CheckConstraint(condition=models.Q(('call_ratio__gt', models.F('warn_ratio')), ('liquidation_ratio__gt', models.F('call_ratio')), ('liquidation_ratio__lte', 1), ('opening_ratio__gt', 0), ('warn_ratio__gt', models.F('opening_ratio'))), name='margin_steps_rise'),
        ),
        migrations.AddConstraint(
            model_name='marginrules',
            constraint=models.CheckConstraint(condition=models.Q(('concentration__gt', 0), ('concentration__lte', 1), ('haircut__gte', 0), ('haircut__lt', 1)), name='margin_shares_sane'),
        ),
        migrations.AddConstraint(
            model_name='marginrules',
            constraint=models.CheckConstraint(condition=models.Q(('max_age_days__gt', 0), ('stale_days__gt', 0)), name='margin_days_sane'),
        ),
        police("credit_marginrules", "lender", "seller", condition=FINANCED),
        migrations.RunSQL(
            [
                "create policy lender_adds on credit_marginrules as restrictive for insert"
                f" to heliu_web with check ({OWN})",
                "create policy lender_changes on credit_marginrules as restrictive for update"
                f" to heliu_web using ({OWN}) with check ({OWN})",
                "create policy lender_deletes on credit_marginrules as restrictive for delete"
                f" to heliu_web using ({OWN})",
            ],
            [
                "drop policy lender_adds on credit_marginrules",
                "drop policy lender_changes on credit_marginrules",
                "drop policy lender_deletes on credit_marginrules",
            ],
        ),
    ]
