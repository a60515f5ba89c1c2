-- Closing and opening again a period of a book: in order, and with effect on the days themselves.
create or replace function books_period_moved() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    before date;  -- the last day that is closed but for this period
begin
    if new.status = 'CLOSED' and (tg_op = 'INSERT' or old.status <> 'CLOSED') then
        perform pg_advisory_xact_lock(hashtext('posting_closed'));
        select max(last) into before from books_period
         where org = new.org and status = 'CLOSED' and id <> new.id;
        if new.first <> before + 1 then
            raise exception 'periods are closed one after the other' using errcode = 'HL405';
        end if;
        insert into posting_closed (chain_id, org, last)
        select id, new.org, new.last from posting_chain where name = 'book:' || new.org
            on conflict (chain_id) do update set last = excluded.last;
        if not found then
            raise exception 'there is no such book' using errcode = 'HL405';
        end if;
    elsif tg_op = 'UPDATE' and old.status = 'CLOSED' and new.status <> 'CLOSED' then
        perform pg_advisory_xact_lock(hashtext('posting_closed'));
        select max(last) into before from books_period
         where org = new.org and status = 'CLOSED' and id <> new.id;
        if before > new.last then
            raise exception 'only the newest period is opened again' using errcode = 'HL405';
        end if;
        if before is null then
            delete from posting_closed where org = new.org;
        else
            update posting_closed set last = before where org = new.org;
        end if;
    elsif tg_op = 'UPDATE' and old.status <> 'OPEN' then
        raise exception 'a closed period stays as it is' using errcode = 'HL405';
    end if;
    if tg_op = 'UPDATE' and (new.org, new.first, new.last) <> (old.org, old.first, old.last) then
        raise exception 'a period keeps its days' using errcode = 'HL405';
    end if;
    return null;
end $$;
