"""The modes of a pledged order: what its deposit does, what is lent, what sets its goods free."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('credit', '0005_modes'),
        ('lending', '0005_sale_and_recovery'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='loan',
            name='deposit_and_loan_make_the_order',
        ),
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
            name='accepted_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='loan',
            name='deposit_mode',
            field=models.CharField(choices=[('DOWN_PAYMENT', 'Down payment: it goes to the seller beside the loan'), ('CASH_MARGIN', 'Margin: the lender keeps it, and finances all of the order')], db_default='DOWN_PAYMENT', default='DOWN_PAYMENT', max_length=12),
        ),
        migrations.AddField(
            model_name='loan',
            name='instrument',
            field=models.CharField(choices=[('LOAN', 'A loan'), ('ACCEPTANCE_BILL', 'An accepted bill, paid on its due day')], db_default='LOAN', default='LOAN', max_length=15),
        ),
        migrations.AddField(
            model_name='loan',
            name='margin',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='loan',
            name='release_mode',
            field=models.CharField(choices=[('PROPORTIONAL', 'The repaid share of the loan'), ('DEPOSIT_FIRST', 'All that was paid in, the deposit included')], db_default='PROPORTIONAL', default='PROPORTIONAL', max_length=13),
        ),
        migrations.AddField(
            model_name='loan',
            name='set_off',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='loan',
            name='topped_up',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='repayment',
            name='margin',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='repayment',
            name='paid_by',
            field=models.CharField(choices=[('BORROWER', 'Borrower'), ('SELLER', 'Seller, as a refund'), ('SALE', 'Sale of the goods'), ('MARGIN', 'Set off against the margin')], default='BORROWER', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('instrument__in', ['LOAN', 'ACCEPTANCE_BILL'])), name='loan_instrument_known'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_mode__in', ['DOWN_PAYMENT', 'CASH_MARGIN'])), name='loan_deposit_known'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('release_mode__in', ['PROPORTIONAL', 'DEPOSIT_FIRST'])), name='loan_release_known'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('deposit__gte', 0), ('principal__gt', 0), models.Q(models.Q(('deposit', django.db.models.expressions.CombinedExpression(models.F('order_total'), '-', models.F('principal'))), ('deposit_mode', 'DOWN_PAYMENT')), models.Q(('deposit__lt', models.F('principal')), ('deposit_mode', 'CASH_MARGIN'), ('principal', models.F('order_total'))), _connector='OR')), name='deposit_and_loan_make_the_order'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('margin', 0), ('set_off', 0), ('topped_up', 0)), models.Q(('deposit_mode', 'CASH_MARGIN'), ('margin__gte', 0), ('margin__lte', models.F('principal')), ('set_off__gte', 0), ('set_off__lte', models.F('principal_repaid')), ('topped_up__gte', 0)), _connector='OR'), name='margin_only_where_it_is_kept'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_on', None), ('instrument', 'LOAN'), ('topped_up', 0)), models.Q(('deposit_mode', 'CASH_MARGIN'), ('instrument', 'ACCEPTANCE_BILL'), ('release_mode', 'DEPOSIT_FIRST')), _connector='OR'), name='bill_rests_on_margin'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('paid_by__in', ['BORROWER', 'SELLER', 'SALE', 'MARGIN'])), name='repayment_payer_known'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('costs'), '+', models.F('fee')), '+', models.F('penalty')), '+', models.F('interest')), '+', models.F('principal')), '+', models.F('recovered')), '+', models.F('margin')), '+', models.F('unapplied')))), name='allocation_is_the_amount'),
        ),
        migrations.AddConstraint(
            model_name='repayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('costs__gte', 0), ('fee__gte', 0), ('interest__gte', 0), ('margin__gte', 0), ('penalty__gte', 0), ('principal__gte', 0), ('recovered__gte', 0), ('unapplied__gte', 0)), name='repayment_parts_not_negative'),
        ),
    ]
