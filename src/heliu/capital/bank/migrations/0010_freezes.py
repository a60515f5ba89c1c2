"""Accounts that a court, another authority or the bank has frozen."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

# Whose account it is reads it once it is frozen; only the bank writes it.
FROZEN = "frozen_at is not null and org = any ((select heliu_orgs())::uuid[])"
STOPPED = """
create function bank_stopped(source uuid, target uuid, what text) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from bank_freeze z
                    where z.frozen_at is not null and z.lifted_at is null
                      and (z.account_id = source
                           or z.account_id = target and what in ('DISBURSEMENT', 'OWN_SHARE')))
$$;

-- Whether a payment may be handed over. Whoever freezes one of its accounts waits until that is
-- done: the lock is taken by a statement of its own, so that the next one sees what was frozen.
create function bank_may_go(order_id uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    one bank_paymentinstruction;
begin
    select * into strict one from bank_paymentinstruction where id = order_id;
    perform pg_advisory_xact_lock_shared(hashtextextended('account:' || id, 0))
       from unnest(array[least(one.from_account_id, one.to_account_id),
                         greatest(one.from_account_id, one.to_account_id)]) id;
    return not bank_stopped(one.from_account_id, one.to_account_id, one.purpose);
end $$;

create function bank_not_frozen() returns trigger language plpgsql as $$
begin
    if bank_stopped(new.from_account_id, new.to_account_id, new.purpose) then
        raise exception 'instruction % waits: an account of it is frozen', new.number
            using errcode = 'check_violation', constraint = 'account_frozen';
    end if;
    return new;
end $$;
create trigger not_frozen before update on bank_paymentinstruction for each row
    when (new.attempts > old.attempts) execute function bank_not_frozen();

-- A freeze says for ever what it said first; it is agreed to once and lifted once, by the bank.
create function bank_freeze_kept() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if posting_bound() and not new.bank = any (heliu_orgs()) then
        raise exception 'a freeze is its bank''s' using errcode = 'check_violation',
            constraint = 'freeze_of_the_bank';
    end if;
    if tg_op = 'UPDATE' and (
        (new.id, new.number, new.account_id, new.account_number, new.org, new.bank, new.authority,
         new.paper, new.reason, new.asked_by_name, new.asked_at)
        is distinct from
        (old.id, old.number, old.account_id, old.account_number, old.org, old.bank, old.authority,
         old.paper, old.reason, old.asked_by_name, old.asked_at)
        or old.frozen_at is not null
           and (new.frozen_at, new.frozen_by_name)
               is distinct from (old.frozen_at, old.frozen_by_name)
        or old.file is not null and new.file is distinct from old.file
        or old.lifted_at is not null) then
        raise exception 'freeze % says what it says', old.number
            using errcode = 'check_violation', constraint = 'freeze_kept';
    end if;
    return new;
end $$;
create trigger kept before insert or update on bank_freeze
    for each row execute function bank_freeze_kept();
create trigger stays before delete on bank_freeze
    for each row execute function bank_frozen();
"""
NOT_STOPPED = """
drop trigger not_frozen on bank_paymentinstruction;
drop function bank_not_frozen();
drop function bank_may_go(uuid);
drop function bank_stopped(uuid, uuid, text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('bank', '0009_pay_out'),
        ('posting', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Freeze',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('account_number', models.CharField(max_length=34)),
                ('org', models.UUIDField()),
                ('bank', models.UUIDField()),
                ('authority', models.CharField(choices=[('COURT', 'A court'), ('AUTHORITY', 'Another authority'), ('BANK', 'The bank itself')], max_length=9)),
                ('paper', models.CharField(max_length=80)),
                ('reason', models.CharField(max_length=300)),
                ('file', models.UUIDField(blank=True, null=True)),
                ('asked_by_name', models.CharField(max_length=80)),
                ('asked_at', models.DateTimeField()),
                ('frozen_by_name', models.CharField(blank=True, max_length=80)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('lift_paper', models.CharField(blank=True, max_length=80)),
                ('lift_reason', models.CharField(blank=True, max_length=300)),
                ('lift_asked_by_name', models.CharField(blank=True, max_length=80)),
                ('lifted_by_name', models.CharField(blank=True, max_length=80)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bank.bankaccount')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('frozen_at__isnull', False), ('lifted_at', None)), fields=['account'], name='freeze_in_force'), models.Index(fields=['bank', '-asked_at'], name='freeze_bank'), models.Index(fields=['org', '-asked_at'], name='freeze_org')],
                'constraints': [models.CheckConstraint(condition=models.Q(('authority__in', ['COURT', 'AUTHORITY', 'BANK'])), name='freeze_authority_known'), models.CheckConstraint(condition=models.Q(models.Q(('paper', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='freeze_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('frozen_at', None), ('frozen_by_name', '')), models.Q(('frozen_at__isnull', False), models.Q(('frozen_by_name', ''), _negated=True)), _connector='OR'), name='freeze_agreed_by_somebody'), models.CheckConstraint(condition=models.Q(('lifted_at', None), models.Q(('frozen_at__isnull', False), models.Q(('lifted_by_name', ''), _negated=True), models.Q(('lift_paper', ''), _negated=True), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='freeze_lifted_says_why'), models.UniqueConstraint(fields=('account', 'authority', 'paper'), name='one_freeze_per_paper')],
            },
        ),
        police("bank_freeze", "bank", condition=FROZEN),
        migrations.RunSQL("create sequence number_fz", "drop sequence number_fz"),
        migrations.RunSQL(STOPPED, NOT_STOPPED),
    ]
