"""What a seller gives by tier, and what each customer has by it."""

import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

MINE = "any ((select heliu_orgs())::uuid[])"
# Its customers read what is said to them; only the seller says it.
READ = (
    "create policy reads on trade_tieroffer for select to heliu_web using (seller in"
    f" (select r.seller from parties_tradingrelationship r where r.buyer = {MINE}))"
)


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0030_waiting'),
        ('parties', '0013_tiers'),
    ]

    operations = [
        migrations.CreateModel(
            name='TierGrant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('buyer', models.UUIDField()),
                ('tier', models.CharField(choices=[('SME', 'Small or medium enterprise'), ('LARGE', 'Large enterprise'), ('PUBLIC', 'Public sector'), ('SUPRA', 'Supranational group'), ('CLUSTER', 'Industry cluster')], max_length=8)),
                ('what', models.CharField(choices=[('LIST', 'Price list'), ('CIRCLE', 'Circle of the catalogue'), ('CREDIT', 'Trade credit')], max_length=6)),
                ('subject', models.UUIDField(blank=True, null=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('name_zh', models.CharField(blank=True, max_length=120)),
                ('amount', models.BigIntegerField(default=0)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('seller', 'buyer', 'what'), name='one_live_grant_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='TierOffer',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('seller', models.UUIDField()),
                ('tier', models.CharField(choices=[('SME', 'Small or medium enterprise'), ('LARGE', 'Large enterprise'), ('PUBLIC', 'Public sector'), ('SUPRA', 'Supranational group'), ('CLUSTER', 'Industry cluster')], max_length=8)),
                ('price_list', models.UUIDField(blank=True, null=True)),
                ('circle', models.UUIDField(blank=True, null=True)),
                ('credit', models.BigIntegerField(default=0)),
                ('service', models.CharField(blank=True, max_length=200)),
                ('welcome', models.CharField(blank=True, max_length=400)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seller', 'tier'), name='one_offer_per_tier'), models.CheckConstraint(condition=models.Q(('credit__gte', 0)), name='tier_credit_not_negative')],
            },
        ),
        police("trade_tieroffer", "seller"),
        migrations.RunSQL(READ, "drop policy reads on trade_tieroffer"),
        police("trade_tiergrant", "seller", "buyer"),
    ]
