-- The first day on which something is entered in a book; null of an empty one, and of one that is
-- not the asker's. Of what is sealed the chain knows it; what is not sealed yet is looked at.
create or replace function books_first_day(of_book uuid) returns date
language sql stable security definer set search_path = public, pg_temp as $$
select least(c.first_day, fresh.day)
  from posting_chain c
 cross join lateral (
       select min(l.effective) as day from posting_line l
        where l.chain_id = c.id
          and l.transaction >= (select coalesce(max(sealed_to), 0) from posting_chain)) fresh
 where c.name = 'book:' || of_book
   and (select books_is_asked(of_book))
$$;
