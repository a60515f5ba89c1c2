-- What a checkout must know of a buyer beside prices, goods and the bank's offer: whether it trades
-- with the seller, what it may still order on terms (`term_key` is that account; holds due by now do
-- not count), and the supervised warehouses it knows. Runs as whoever asks, who is `mine`.
create or replace function trade_checkout(
    mine uuid[], whose uuid, shop uuid, term_key text, moment timestamptz,
    out trades boolean, out terms_left bigint, out houses uuid[])
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
    trades := exists (
        select from parties_tradingrelationship r
         where r.buyer = whose and r.seller = shop and r.status = 'ACTIVE');
    select k.ceiling - k.posted - k.held_in + coalesce((
               select sum(greatest(h.amount - h.posted, 0)) from posting_hold h
                where h.account_id = k.id and h.status = 'OPEN' and h.expires_at <= moment), 0)
      into terms_left
      from posting_account k where k.key = term_key;
    houses := array(
        select w.org from warehousing_warehouse w
         where w.is_supervised
           and (w.org = any (mine) or exists (
                select from unnest(mine) m (org), lateral (
                       select from parties_acquaintance a
                        where a.org = m.org and a.knows = w.org offset 0) known))
         order by w.code);
end $$;
