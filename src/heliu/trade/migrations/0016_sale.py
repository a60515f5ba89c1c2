"""Sales of pledged goods of dealers in default: seen by lender, dealer and buyer."""

import django.db.models.deletion
import django.db.models.expressions
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('trade', '0015_default'),
    ]

    operations = [
        migrations.AlterField(
            model_name='dealstep',
            name='step',
            field=models.CharField(choices=[('ORDERED', 'Ordered'), ('ASSESSED', 'Credit decided'), ('QUOTED', 'Limit held'), ('SIGNED', 'Signed'), ('DEPOSIT_BOOKED', 'Deposit paid'), ('DISBURSED', 'Loan paid out'), ('OWN_SHARE_MOVED', 'Own share moved'), ('SELLER_PAID', 'Seller paid'), ('CONFIRMED', 'Order confirmed'), ('SHIPPED', 'Shipped'), ('RECEIVED', 'Received'), ('PLEDGED', 'Goods pledged'), ('REPAYMENT_ASKED', 'Repayment ordered'), ('REPAID', 'Repaid'), ('RELEASED', 'Goods released'), ('PICKED_UP', 'Picked up'), ('CLOSED', 'Closed'), ('REFERRED', 'A person decides'), ('DECIDED', 'Decided by a person'), ('BANK_REJECTED', 'Bank rejected'), ('EXPIRED', 'Quote expired'), ('RECEIPT_DIFFERS', 'Short or damaged'), ('CANCELLED', 'Cancelled'), ('REFUND_ASKED', 'Refund ordered'), ('REFUNDED', 'Refunded'), ('DEPOSIT_RETURNED', 'Deposit returned'), ('UNAPPLIED_RETURNED', 'Overpayment returned'), ('TERMS_PAID', 'Paid on terms'), ('DUE_SOON', 'Due soon'), ('OVERDUE', 'Overdue'), ('DEFAULT_NOTICED', 'Notice of default'), ('ENFORCED', 'Enforced'), ('GOODS_GIVEN_UP', 'Goods taken back by the seller'), ('WRITTEN_OFF', 'Written off'), ('SALE_AGREED', 'Sale of the goods agreed'), ('SALE_CALLED_OFF', 'Sale of the goods called off'), ('GOODS_SOLD', 'Goods sold'), ('RECOVERED', 'Paid after writing off')], max_length=20),
        ),
        migrations.CreateModel(
            name='Sale',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('approval', models.UUIDField(unique=True)),
                ('lender', models.UUIDField()),
                ('dealer', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('custodian', models.UUIDField()),
                ('buyer', models.UUIDField(blank=True, null=True)),
                ('buyer_name', models.CharField(max_length=120)),
                ('goods', models.JSONField()),
                ('quantity', models.BigIntegerField()),
                ('value', models.BigIntegerField()),
                ('reserve', models.BigIntegerField()),
                ('price', models.BigIntegerField()),
                ('sale_costs', models.BigIntegerField(default=0)),
                ('custody_costs', models.BigIntegerField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('called_off_at', models.DateTimeField(blank=True, null=True)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('value_day', models.DateField(blank=True, null=True)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sales', to='trade.deal')),
            ],
            options={
                'indexes': [models.Index(fields=['lender', '-asked_at'], name='sale_lender'), models.Index(fields=['buyer', '-asked_at'], name='sale_buyer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('price__gt', 0), ('quantity__gt', 0), ('reserve__gte', 0), ('value__gte', 0)), name='sale_of_something'), models.CheckConstraint(condition=models.Q(('custody_costs__gte', 0), ('price__gte', django.db.models.expressions.CombinedExpression(models.F('sale_costs'), '+', models.F('custody_costs'))), ('sale_costs__gte', 0)), name='sale_brings_its_costs'), models.CheckConstraint(condition=models.Q(models.Q(('paid_at', None), ('value_day', None)), models.Q(('agreed_at__isnull', False), ('called_off_at', None), ('paid_at__isnull', False), ('value_day__isnull', False)), _connector='OR'), name='sale_paid_when_agreed'), models.UniqueConstraint(condition=models.Q(('agreed_at__isnull', False), ('called_off_at', None), ('paid_at', None)), fields=('deal',), name='one_sale_at_a_time')],
            },
        ),
        migrations.RunSQL("create sequence number_sl", "drop sequence number_sl"),
        police("trade_sale", "lender", "dealer", "buyer"),
    ]
