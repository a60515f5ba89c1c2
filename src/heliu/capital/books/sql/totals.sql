-- What stands on each code of a book with each counterparty is kept in sums (`books_total`), up to the
-- lines that are sealed; what came since is added when it is asked. So nobody walks a book account by
-- account: most of these are even, and there is one for each order.

-- Sums up what was sealed since it was last done, so many lines at a time; whether there is more. For
-- the worker; two at once do not count a line twice.
create or replace function books_sum_up(most int) returns boolean
language plpgsql set enable_seqscan = off as $$
declare
    done bigint;
    sealed bigint;
    until bigint;
begin
    select m.upto into done from books_totalmark m for update skip locked;
    if not found then
        return false;
    end if;
    select coalesce(max(c.sealed_to), 0) into sealed from posting_chain c;
    if sealed <= done then
        return false;
    end if;
    select l.transaction into until from posting_line l
     where l.transaction >= done order by l.transaction offset most limit 1;
    until := least(sealed, greatest(coalesce(until, sealed), done + 1));
    insert into books_total as t (org, code, other, amount)
    select b.org, b.code, b.other, sum(l.amount)
      from posting_line l join books_account b on b.id = l.account_id
     where l.transaction >= done and l.transaction < until
     group by b.org, b.code, b.other
     order by b.org, b.code, b.other
    on conflict (org, code, other) do update set amount = t.amount + excluded.amount;
    update books_totalmark set upto = until;
    return until < sealed;
end $$;

-- The same off the balances of the accounts, one by one; of all books where none is named.
create or replace function books_walked(of_book uuid)
returns table (org uuid, code text, other uuid, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
with fresh as materialized (  -- not yet folded into the balances; every older line is
    select l.account_id, sum(l.amount) as amount from posting_line l
     where l.transaction >= (select coalesce(max(sealed_to), 0) from posting_chain)
     group by l.account_id)
select b.org, b.code, b.other,
       sum(a.posted + case when a.is_limited then 0 else coalesce(f.amount, 0) end)::bigint
  from books_account b join posting_account a on a.id = b.id
  left join fresh f on f.account_id = a.id
 where of_book is null or b.org = of_book
 group by b.org, b.code, b.other
$$;

-- What stands, by the sums; while these lie far behind, by walking.
create or replace function books_summed(of_book uuid)
returns table (org uuid, code text, other uuid, amount bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    done bigint := (select m.upto from books_totalmark m);
begin
    if exists (select from posting_line l where l.transaction >= done
                order by l.transaction offset 20000 limit 1) then
        return query select w.org, w.code, w.other, w.amount from books_walked(of_book) w;
        return;
    end if;
    return query
    select s.org, s.code::text, s.other, sum(s.amount)::bigint
      from (select t.org, t.code, t.other, t.amount from books_total t
             where of_book is null or t.org = of_book
             union all
            select b.org, b.code, b.other, l.amount
              from posting_line l join books_account b on b.id = l.account_id
             where l.transaction >= done and (of_book is null or b.org = of_book)) s
     group by s.org, s.code, s.other;
end $$;

create or replace function books_stands(of_book uuid)
returns table (code text, other uuid, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
select s.code, s.other, s.amount from books_summed(of_book) s where (select books_is_asked(of_book))
$$;
