"""Goods are brought for a deal: for its pool, or for the loan of its order."""

import django.db.models.deletion
from django.db import migrations, models

# Old code names a pool, which is that of one deal.
FILLED = """
create function trade_lodging_of() returns trigger language plpgsql as
$$ begin
    new.deal_id := coalesce(new.deal_id, (select p.deal_id from trade_pool p where p.id = new.pool_id));
    return new;
end $$;
create trigger filled before insert on trade_lodging
    for each row execute function trade_lodging_of();
update trade_lodging l set deal_id = p.deal_id from trade_pool p where p.id = l.pool_id;
"""
# All goods of a pool were brought.
COUNTED = """
update pledges_pledge g
   set brought_value = g.pledged_value,
       exchanged_value = (select coalesce(sum(o.value), 0) from pledges_releaseorder o
                           where o.pledge_id = g.id and o.is_exchanged)
  from trade_pool p where p.deal_id = g.deal
"""


class Migration(migrations.Migration):
    reviewed = "A choice more; a trigger fills the deal for old code, and its checks are wider."

    dependencies = [
        ('pledges', '0008_exchanged'),
        ('trade', '0049_refund_taken_back'),
        ('transport', '0005_ship_to'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='lodging',
            name='lodging_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='lodging',
            name='one_lodging_per_number',
        ),
        migrations.RemoveConstraint(
            model_name='lodging',
            name='lodging_sent_by_shipment',
        ),
        migrations.AddField(
            model_name='lodging',
            name='deal',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lodgings', to='trade.deal'),
        ),
        migrations.RunSQL(
            [FILLED, COUNTED],
            "drop trigger filled on trade_lodging; drop function trade_lodging_of()",
        ),
        migrations.AlterField(
            model_name='lodging',
            name='deal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lodgings', to='trade.deal'),
        ),
        migrations.AlterField(
            model_name='dealstep',
            name='step',
            field=models.CharField(choices=[('ORDERED', 'Ordered'), ('ASSESSED', 'Credit decided'), ('QUOTED', 'Limit held'), ('SIGNED', 'Signed'), ('DEPOSIT_PART', 'A part of the deposit paid'), ('DEPOSIT_WITHDRAWN', 'A part of the deposit taken back by the bank'), ('DEPOSIT_BOOKED', 'Deposit paid'), ('DISBURSED', 'Loan paid out'), ('OWN_SHARE_MOVED', 'Own share moved'), ('SELLER_PAID', 'Seller paid'), ('BILL_ACCEPTED', 'Bill accepted'), ('CONFIRMED', 'Order confirmed'), ('SHIPPED', 'Shipped'), ('RECEIVED', 'Received'), ('PLEDGED', 'Goods pledged'), ('REPAYMENT_ASKED', 'Repayment ordered'), ('REPAID', 'Repaid'), ('BILL_PAID', 'Bill paid'), ('MARGIN_SET_OFF', 'Margin set off'), ('RELEASED', 'Goods released'), ('PICKED_UP', 'Picked up'), ('CLOSED', 'Closed'), ('REFERRED', 'A person decides'), ('DECIDED', 'Decided by a person'), ('BANK_REJECTED', 'Bank rejected'), ('EXPIRED', 'Quote expired'), ('DEPOSIT_MISSED', 'Deposit not paid in time'), ('CAME_UNASKED', 'Money came unasked'), ('RECEIPT_DIFFERS', 'Short or damaged'), ('STRUCK', 'Struck by the seller'), ('NOT_SHIPPED', 'Not shipped in time'), ('CANCELLED', 'Cancelled'), ('REFUND_ASKED', 'Refund ordered'), ('REFUNDED', 'Refunded'), ('REFUND_TAKEN_BACK', 'Refund taken back'), ('DEPOSIT_RETURNED', 'Deposit returned'), ('UNAPPLIED_RETURNED', 'Overpayment returned'), ('TERMS_PAID', 'Paid on terms'), ('TERMS_CREDITED', 'Credit note'), ('RETURNED', 'Goods given back'), ('EXCHANGE_ASKED', 'Exchange of goods asked for'), ('EXCHANGED', 'Goods exchanged'), ('TERMS_TAKEN_BACK', 'Payment taken back'), ('DUE_SOON', 'Due soon'), ('OVERDUE', 'Overdue'), ('DEFAULT_NOTICED', 'Notice of default'), ('ENFORCED', 'Enforced'), ('GOODS_GIVEN_UP', 'Goods taken back by the seller'), ('WRITTEN_OFF', 'Written off'), ('SALE_AGREED', 'Sale of the goods agreed'), ('SALE_CALLED_OFF', 'Sale of the goods called off'), ('GOODS_SOLD', 'Goods sold'), ('RECOVERED', 'Paid after writing off'), ('CHANGED', 'Order changed'), ('RECKONED_ANEW', 'Payments reckoned anew'), ('PAYMENTS_STOPPED', 'Payments wait: the account is frozen'), ('PAYMENTS_FREED', 'The account is free: payments go on'), ('STOCK_OFFERED', 'Stock offered'), ('PAID_OUT', 'Paid out against stock'), ('WARNED', 'Warned: the stock lost value'), ('CALLED', 'Called for cash or goods'), ('CURED', 'Call cured'), ('CALL_LAPSED', 'Call not cured in time'), ('SEARCHED', 'Register searched'), ('CONFLICT_FOUND', "Another's claim found"), ('CONFLICT_ACCEPTED', 'Gone on in spite of a claim'), ('REGISTERED', 'Pledge registered'), ('RENEWED', 'Registration renewed'), ('AMENDED', 'Other goods registered'), ('DISCHARGED', 'Registration struck off'), ('FILING_REFUSED', 'Refused by the registry')], max_length=20),
        ),
        migrations.AlterField(
            model_name='lodging',
            name='pool',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lodgings', to='trade.pool'),
        ),
        migrations.AlterField(
            model_name='lodging',
            name='status',
            field=models.CharField(choices=[('ASKED', 'The bank is asked'), ('ANNOUNCED', 'To be sent'), ('SENT', 'On the way'), ('COUNTED', 'Counted in'), ('CALLED_OFF', 'Called off')], default='ANNOUNCED', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='lodging',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['ASKED', 'ANNOUNCED', 'SENT', 'COUNTED', 'CALLED_OFF'])), name='lodging_status_known'),
        ),
        migrations.AddConstraint(
            model_name='lodging',
            constraint=models.UniqueConstraint(fields=('deal', 'number'), name='one_lodging_of_a_deal'),
        ),
        migrations.AddConstraint(
            model_name='lodging',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('shipment', None), ('status__in', ['ASKED', 'ANNOUNCED', 'CALLED_OFF'])), models.Q(('shipment__isnull', False), ('status__in', ['SENT', 'COUNTED'])), _connector='OR'), name='lodging_sent_by_shipment'),
        ),
    ]
