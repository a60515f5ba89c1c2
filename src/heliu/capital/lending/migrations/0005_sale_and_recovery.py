"""Loans paid by the sale of their goods, and after they were written off."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('credit', '0004_sale_floor'),
        ('lending', '0004_default'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='repayment',
            name='repayment_payer_known',
        ),
        migrations.RemoveConstraint(
            model_name='repayment',
            name='allocation_is_the_amount',
        ),
        migrations.RemoveConstraint(
            model_name='repayment',
            name='repayment_parts_not_negative',
        ),
        migrations.AddField(
            model_name='loan',
            name='recovered',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='repayment',
            name='costs',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='repayment',
            name='recovered',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AlterField(
            model_name='repayment',
            name='paid_by',
            field=models.CharField(choices=[('BORROWER', 'Borrower'), ('SELLER', 'Seller, as a refund'), ('SALE', 'Sale of the goods')], default='BORROWER', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('recovered', 0), models.Q(('recovered__gt', 0), ('written_off_at__isnull', False), ('recovered__lte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('principal'), '-', models.F('principal_repaid')), '+', models.F('interest_accrued')), '-', models.F('interest_paid')))), _connector='OR'), name='recovered_within_the_claim'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('paid_by__in', ['BORROWER', 'SELLER', 'SALE'])), name='repayment_payer_known'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('costs'), '+', models.F('fee')), '+', models.F('penalty')), '+', models.F('interest')), '+', models.F('principal')), '+', models.F('recovered')), '+', models.F('unapplied')))), name='allocation_is_the_amount'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('costs__gte', 0), ('fee__gte', 0), ('interest__gte', 0), ('penalty__gte', 0), ('principal__gte', 0), ('recovered__gte', 0), ('unapplied__gte', 0)), name='repayment_parts_not_negative'),
        ),
    ]
