-- What the database itself holds about payments, whoever writes them.
-- An instruction never changes what it says, is answered once, and takes money out of a supervised
-- account only to the places its deal's earmark names and never more than was set aside.
create function bank_guard() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    source bank_bankaccount;
    target bank_bankaccount;
    mark bank_earmark;
begin
    if tg_op = 'UPDATE' then
        if (new.id, new.deal, new.purpose, new.key, new.payer, new.payee, new.lender,
            new.from_account_id, new.to_account_id, new.from_number, new.to_number,
            new.amount, new.currency)
           is distinct from
           (old.id, old.deal, old.purpose, old.key, old.payer, old.payee, old.lender,
            old.from_account_id, old.to_account_id, old.from_number, old.to_number,
            old.amount, old.currency) then
            raise exception 'instruction % says what it says', old.number
                using errcode = 'check_violation', constraint = 'instruction_frozen';
        end if;
        if old.status in ('BOOKED', 'REJECTED') and new.status <> old.status then
            raise exception 'instruction % was answered', old.number
                using errcode = 'check_violation', constraint = 'instruction_answered_once';
        end if;
        if new.status = 'REJECTED' and old.status <> 'REJECTED' then
            update bank_earmark e set drawn = drawn - new.amount
             where e.deal = new.deal and e.account_id = new.from_account_id;
        end if;
        return new;
    end if;

    select * into strict source from bank_bankaccount where id = new.from_account_id;
    select * into strict target from bank_bankaccount where id = new.to_account_id;
    if (source.number, target.number, source.currency, target.currency)
       is distinct from (new.from_number, new.to_number, new.currency, new.currency)
       or new.status <> 'CREATED' then
        raise exception 'instruction % does not say what its accounts say', new.number
            using errcode = 'check_violation', constraint = 'instruction_true';
    end if;
    if source.kind = 'SUPERVISED' then
        update bank_earmark set drawn = drawn + new.amount
         where deal = new.deal and account_id = source.id returning * into mark;
        if mark.deal is null or target.id is distinct from (
            case new.purpose when 'SELLER_PAYMENT' then mark.payee_account_id
                             when 'LOAN_BACK' then mark.lender_account_id
                             when 'DEPOSIT_BACK' then mark.dealer_account_id end) then
            raise exception 'supervised money of deal % may not go to %', new.deal, target.number
                using errcode = 'check_violation', constraint = 'supervised_to_named_payee';
        end if;
    end if;
    return new;
end $$;
create trigger guard before insert or update on bank_paymentinstruction
    for each row execute function bank_guard();

-- An earmark and an account say for ever what they said first; only the guard moves `drawn`.
create function bank_frozen() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() > 1 then
        return new;
    end if;
    raise exception '% is written once', tg_table_name
        using errcode = 'check_violation', constraint = tg_table_name || '_frozen';
end $$;
create trigger frozen before update or delete on bank_earmark
    for each row execute function bank_frozen();
create trigger frozen before update or delete on bank_bankaccount
    for each row execute function bank_frozen();
create trigger kept before delete on bank_paymentinstruction
    for each row execute function bank_frozen();

-- The web role keeps a notice without seeing those that are kept. The worker looks at the
-- signature again before it believes one.
create function bank_keep_notice(
    notice text, bytes bytea, seal text, order_id uuid, what text, why text, minor bigint,
    booked timestamptz, received timestamptz) returns boolean
language sql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    with kept as (
        insert into bank_banknotice (id, raw, signature, instruction, lender, outcome, reason,
                                     amount, booked_at, received_at, status, trouble)
        values (notice, bytes, seal, order_id,
                (select lender from bank_paymentinstruction where id = order_id),
                what, why, minor, booked, received, 'WAITING', '')
        on conflict do nothing returning 1)
    select exists (select from kept)
$$;
