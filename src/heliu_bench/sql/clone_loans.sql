-- Open loans like one that was made by the product's own steps, numbered from bench.first to
-- bench.last: its order, deal, loan and the accounts kept for the deal, each with ids and numbers of
-- its own. What the past left in the books is brought forward by one journal each. They fall due
-- day by day over a quarter of a year, the first of them with their days of grace just over.
create temporary table twin on commit drop as
select uuidv7() as deal, uuidv7() as loan, uuidv7() as the_order, uuidv7() as journal, n
  from generate_series(current_setting('bench.first')::int, current_setting('bench.last')::int) n;

create temporary table pattern on commit drop as
select l as loan, d as deal, o as the_order
  from lending_loan l join trade_deal d on d.id = l.deal join ordering_order o on o.id = d.order_id
 where d.id = current_setting('bench.deal')::uuid;

-- A record filled from its pattern keeps every column that is not named.
insert into ordering_order
select r.* from twin t, pattern p,
       jsonb_populate_record(p.the_order, jsonb_build_object(
           'id', t.the_order, 'number', 'BO-' || t.n, 'external_id', '')) r;

insert into trade_deal
select r.* from twin t, pattern p,
       jsonb_populate_record(p.deal, jsonb_build_object(
           'id', t.deal, 'number', 'BD-' || t.n, 'order_id', t.the_order, 'loan_id', t.loan,
           'pledge_id', null)) r;

insert into lending_loan
select r.* from twin t, pattern p,
       jsonb_populate_record(p.loan, jsonb_build_object(
           'id', t.loan, 'number', 'BL-' || t.n, 'deal', t.deal, 'order_id', t.the_order,
           'due_on', (p.loan).accrued_to - (p.loan).grace_days + t.n % 90)) r;

create temporary table twin_account on commit drop as
select t.deal, t.n, a as pattern, nextval(pg_get_serial_sequence('posting_account', 'id')) as id
  from twin t, books_account a where a.ref = current_setting('bench.deal');

insert into posting_account overriding system value
select r.* from twin_account x join posting_account k on k.id = (x.pattern).id,
       jsonb_populate_record(k, jsonb_build_object(
           'id', x.id, 'key', replace(k.key, current_setting('bench.deal'), x.deal::text),
           'posted', 0, 'held_out', 0, 'held_in', 0)) r;

insert into books_account
select r.* from twin_account x,
       jsonb_populate_record(x.pattern, jsonb_build_object('id', x.id, 'ref', x.deal)) r;

create temporary table stands on commit drop as
select l.account_id, sum(l.amount)::bigint as amount
  from pattern p join posting_journal j on j.subject = (p.loan).id
  join posting_line l on l.journal_id = j.id
 group by l.account_id having sum(l.amount) <> 0;

update posting_account k
   set posted = k.posted + s.amount * twins.number,
       ceiling = greatest(k.ceiling, k.posted + s.amount * twins.number)
  from stands s, (select count(*) as number from twin) twins
 where k.id = s.account_id and k.is_limited;
update credit_facility f set "limit" = k.ceiling from posting_account k where k.id = f.account;

insert into posting_journal (id, key, kind, effective, subject, content, at, orgs)
select t.journal, format('loan:%s:seller_paid', t.loan), j.kind, j.effective, t.loan,
       sha256(convert_to(t.loan::text, 'UTF8')), j.at, j.orgs
  from twin t, pattern p join posting_journal j on j.subject = (p.loan).id
   and j.kind = 'seller_paid';

insert into posting_line (journal_id, account_id, amount, effective, org, other, chain_id,
       transaction)
select t.journal, coalesce(x.id, k.id), s.amount, j.effective, k.org, k.other, k.chain_id,
       pg_current_xact_id()::text::bigint
  from twin t join posting_journal j on j.id = t.journal
 cross join stands s join posting_account k on k.id = s.account_id
  left join twin_account x on x.deal = t.deal and (x.pattern).id = s.account_id;
