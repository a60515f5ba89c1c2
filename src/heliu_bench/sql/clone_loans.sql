-- So many open loans like one that was made by the product's own steps: its order, deal, loan and
-- the accounts kept for the deal, each with ids and numbers of its own. What close of day reads of a
-- loan is there; the journals of its past are not repeated.
create temporary table twin as
select uuidv7() as deal, uuidv7() as loan, uuidv7() as the_order, n
  from generate_series(1, current_setting('bench.loans')::int) n;

insert into ordering_order
select (jsonb_populate_record(null::ordering_order, to_jsonb(o) || jsonb_build_object(
           'id', t.the_order, 'number', 'BO-' || t.n, 'external_id', ''))).*
  from twin t, ordering_order o where o.id = current_setting('bench.order')::uuid;

insert into trade_deal
select (jsonb_populate_record(null::trade_deal, to_jsonb(d) || jsonb_build_object(
           'id', t.deal, 'number', 'BD-' || t.n, 'order_id', t.the_order, 'loan_id', t.loan,
           'pledge_id', null))).*
  from twin t, trade_deal d where d.id = current_setting('bench.deal')::uuid;

insert into lending_loan
select (jsonb_populate_record(null::lending_loan, to_jsonb(l) || jsonb_build_object(
           'id', t.loan, 'number', 'BL-' || t.n, 'deal', t.deal, 'order_id', t.the_order))).*
  from twin t, lending_loan l where l.deal = current_setting('bench.deal')::uuid;

create temporary table twin_account as
select t.deal, t.n, a.id as of_account, nextval(pg_get_serial_sequence('posting_account', 'id')) as id
  from twin t, books_account a where a.ref = current_setting('bench.deal');

insert into posting_account overriding system value
select (jsonb_populate_record(null::posting_account, to_jsonb(k) || jsonb_build_object(
           'id', x.id, 'key', replace(k.key, current_setting('bench.deal'), x.deal::text),
           'posted', 0, 'held_out', 0, 'held_in', 0))).*
  from twin_account x join posting_account k on k.id = x.of_account;

insert into books_account
select (jsonb_populate_record(null::books_account, to_jsonb(a) || jsonb_build_object(
           'id', x.id, 'ref', x.deal))).*
  from twin_account x join books_account a on a.id = x.of_account;
