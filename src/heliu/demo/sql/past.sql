-- The past in one statement: orders, deals, steps, facts and how the bills were paid.
with orders as (
    insert into ordering_order (id, number, buyer, seller, warehouse, status, pay_by, currency,
           total, placed_by_name, placed_at, confirmed_at, completed_at, cancel_reason, remark,
           external_id)
    select id, number, buyer, seller, buyer, 'COMPLETED', pay_by, %(currency)s, total,
           buyer_name, placed_at, placed_at, completed_at, '', '', source
      from past_order
     order by placed_at, id
), deals as (
    insert into trade_deal (id, number, order_id, buyer, seller, outcome, opened_at, moved_at,
           closed_at)
    select deal, deal_number, id, buyer, seller, 'CLOSED', placed_at, completed_at, completed_at
      from past_order
     order by placed_at, id
), steps as (
    insert into trade_dealstep (deal_id, step, key, at, actor_name, data, buyer, seller)
    select deal, s.step, '', s.at, s.by, s.data, buyer, seller
      from past_order,
           lateral (values ('ORDERED', placed_at, buyer_name,
                            jsonb_build_object('order', number, 'total', total)),
                           ('CLOSED', completed_at, 'Heliu', '{}'::jsonb)) as s(step, at, by, data)
     order by placed_at, id, s.at
), facts as (
    insert into events_fact (id, name, flows, subject, payload, audience, actor_name, at)
    select uuidv7(), 'commerce.order-placed', array['commerce'], id,
           jsonb_build_object(
               'number', number, 'buyer', buyer, 'seller', seller, 'total', total,
               'currency', %(currency)s::text, 'lines', lines, 'pay_by', pay_by,
               'warehouse', buyer),
           array[least(buyer, seller), greatest(buyer, seller)], buyer_name, placed_at
      from past_order
     order by placed_at, id
)
insert into credit_file_paymentexperience (buyer, seller, order_id, order_number, due_on, paid_on,
       amount, noted_at)
select buyer, seller, id, number, due_on, paid_on, total,
       (paid_on + time '12:00') at time zone 'Asia/Shanghai'
  from past_order
 where pay_by = 'TERMS' and paid_on <= %(today)s
 order by paid_on, id
