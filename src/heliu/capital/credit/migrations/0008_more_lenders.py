"""Several lenders on one seller: their own rules as versions, quotas and caps over all programmes.

A version of rules is written once; only that it was agreed to comes later.
"""

import heliu.kernel.ids
from decimal import Decimal
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


FROZEN = """
create function credit_ruleset_frozen() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.agreed_at is null
       and (new.id, new.lender, new.number, new.content, new.effective_on, new.reason)
         = (old.id, old.lender, old.number, old.content, old.effective_on, old.reason) then
        return new;
    end if;
    raise exception 'a version of rules is written once' using errcode = 'HL405';
end $$;
create trigger frozen before update or delete on credit_ruleset
    for each row execute function credit_ruleset_frozen();
"""
# The caps that a loan counts on, and none is set or changed until the transaction ends: the lock is
# taken by a statement of its own, so that the next one sees what whoever held it has written.
CAPS_OVER = """
create function credit_caps_over(bank uuid, shop uuid, who uuid) returns text[]
language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('caps:' || bank, 0));
    return coalesce((
        select array_agg(c.kind || ':' || c.id order by c.kind)
          from credit_cap c
         where c.lender = bank
           and (c.kind = 'cap_seller' and c.party = shop
                or c.kind = 'cap_borrower' and c.party = who
                or c.kind = 'cap_group' and c.party in (
                    select m.group_id from parties_groupmember m
                     where m.org = bank and m.member = who))), '{}');
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0007_more_lenders"),
        ("credit", "0007_release_cap"),
    ]

    operations = [
        migrations.CreateModel(
            name='Cap',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('lender', models.UUIDField()),
                ('kind', models.CharField(choices=[('cap_seller', 'Quota of a seller'), ('cap_group', 'Cap for a group of enterprises'), ('cap_borrower', 'Cap for one borrower')], max_length=24)),
                ('party', models.UUIDField()),
                ('limit', models.BigIntegerField()),
                ('account', models.BigIntegerField()),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lender', 'kind', 'party'), name='one_cap_per_party'), models.CheckConstraint(condition=models.Q(('kind__in', ['cap_seller', 'cap_group', 'cap_borrower'])), name='cap_kind_known'), models.CheckConstraint(condition=models.Q(('limit__gte', 0)), name='cap_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='OwnMoney',
            fields=[
                ('org', models.UUIDField(primary_key=True, serialize=False)),
                ('rate', models.DecimalField(decimal_places=4, default=Decimal('6'), max_digits=7)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('rate__gte', 0), ('rate__lte', 100)), name='own_money_rate_sane')],
            },
        ),
        migrations.CreateModel(
            name='RuleSet',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('lender', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('effective_on', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('proposed_by_name', models.CharField(max_length=80)),
                ('proposed_at', models.DateTimeField()),
                ('agreed_by_name', models.CharField(blank=True, max_length=80)),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lender', 'number'), name='one_rule_set_per_number'), models.CheckConstraint(condition=models.Q(models.Q(('agreed_at', None), ('agreed_by_name', '')), models.Q(('agreed_at__isnull', False), models.Q(('agreed_by_name', ''), _negated=True)), _connector='OR'), name='rule_set_says_who_agreed')],
            },
        ),
        police("credit_cap", "lender"),
        police("credit_ownmoney", "org"),
        police("credit_ruleset", "lender"),
        migrations.RunSQL(
            FROZEN,
            "drop trigger frozen on credit_ruleset; drop function credit_ruleset_frozen();",
        ),
        migrations.RunSQL(CAPS_OVER, "drop function credit_caps_over(uuid, uuid, uuid)"),
    ]
