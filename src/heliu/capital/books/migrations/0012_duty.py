"""Accounts for what a seller paid a lender by its duty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Codes more: what old code writes still passes."

    dependencies = [
        ('books', '0011_pools'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='account',
            name='account_code_known',
        ),
        migrations.AlterField(
            model_name='account',
            name='code',
            field=models.CharField(choices=[('nostro', 'Cash at bank'), ('liab_margin', 'Deposits held for dealers'), ('liab_supervised', 'Supervised accounts of dealers'), ('liab_current', 'Current accounts of sellers'), ('acceptance_claim', 'Bills to be paid in for by dealers'), ('acceptances', 'Accepted bills to be paid'), ('loan_principal', 'Loans, principal'), ('interest_receivable', 'Interest receivable'), ('interest_income', 'Interest income'), ('penalty_income', 'Penalty interest income'), ('fee_income', 'Fee income'), ('credit_loss', 'Credit losses'), ('recovery_income', 'Recovered after writing off'), ('sale_costs', 'Costs of sales, out of their proceeds'), ('claim_written_off', 'Claims written off (memo)'), ('claim_offset', 'Claims written off, contra (memo)'), ('limit_used', 'Credit limits used (memo)'), ('limit_offset', 'Credit limits used, contra (memo)'), ('cap_seller', 'Quotas of sellers used (memo)'), ('cap_group', 'Caps of groups used (memo)'), ('cap_borrower', 'Caps of single borrowers used (memo)'), ('cap_offset', 'Quotas and caps used, contra (memo)'), ('collateral', 'Goods held in pledge (memo)'), ('collateral_offset', 'Goods held in pledge, contra (memo)'), ('pool_value', 'Lendable value of pledged stock (memo)'), ('pool_offset', 'Lendable value of pledged stock, contra (memo)'), ('bank', 'Own money at bank'), ('margin_deposit', 'Deposits paid to the lender'), ('cash_supervised', 'Money in supervised accounts'), ('bills_payable', 'Bills to be paid in for'), ('loan_payable', 'Loans owed'), ('prepayment', 'Prepaid to sellers'), ('in_transit_pledged', 'Financed goods on the way'), ('inventory_pledged', 'Pledged stock'), ('inventory_free', 'Free stock'), ('interest_expense', 'Financing cost'), ('interest_payable', 'Interest payable'), ('penalty_expense', 'Penalty interest paid'), ('goods_loss', 'Loss on goods given up'), ('goods_gain', 'Gain on pledged goods sold'), ('sale_expense', 'Costs of sales of pledged goods'), ('debt_written_off', 'Debts the lender has written off, still owed'), ('duty_debt', 'Owed to sellers that paid a lender for it'), ('refund_due', 'Refunds due from sellers'), ('payable', 'Owed to sellers'), ('discount_taken', 'Discounts for paying early'), ('input_tax', 'Input VAT'), ('input_tax_in_goods', 'Input VAT within the cost of goods'), ('cash', 'Money received'), ('bills_receivable', 'Accepted bills held'), ('contract_liability', 'Paid orders not yet delivered'), ('receivable', 'Owed by buyers'), ('revenue', 'Sales'), ('output_tax', 'Output VAT'), ('discount_given', 'Discounts given for early payment'), ('duty_claim', 'Claims on dealers whose lender was paid'), ('refund_payable', 'Refunds owed to buyers'), ('unapplied', 'Money not yet applied')], max_length=24),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('code__in', ['nostro', 'liab_margin', 'liab_supervised', 'liab_current', 'acceptance_claim', 'acceptances', 'loan_principal', 'interest_receivable', 'interest_income', 'penalty_income', 'fee_income', 'credit_loss', 'recovery_income', 'sale_costs', 'claim_written_off', 'claim_offset', 'limit_used', 'limit_offset', 'cap_seller', 'cap_group', 'cap_borrower', 'cap_offset', 'collateral', 'collateral_offset', 'pool_value', 'pool_offset', 'bank', 'margin_deposit', 'cash_supervised', 'bills_payable', 'loan_payable', 'prepayment', 'in_transit_pledged', 'inventory_pledged', 'inventory_free', 'interest_expense', 'interest_payable', 'penalty_expense', 'goods_loss', 'goods_gain', 'sale_expense', 'debt_written_off', 'duty_debt', 'refund_due', 'payable', 'discount_taken', 'input_tax', 'input_tax_in_goods', 'cash', 'bills_receivable', 'contract_liability', 'receivable', 'revenue', 'output_tax', 'discount_given', 'duty_claim', 'refund_payable', 'unapplied'])), name='account_code_known'),
        ),
    ]
