-- Up to which day each of these books is closed, for an operator.
create or replace function operator_closed(books uuid[]) returns table (org uuid, last date)
language sql stable security definer set search_path = public, pg_temp as $$
select c.org, c.last from posting_closed c
 where c.org = any (books) and (select operator_asks())
$$;
