-- As whom somebody orders for a buyer: the person, and the sellers for whom the person may order in
-- the buyer's name. A limit or a rule that the buyer sets for such a seller holds for all its people.
create or replace function behalf_hands(buyer uuid, who uuid) returns uuid[]
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
    select who || array(
        select m.seller from behalf_mandate m
         where m.buyer = behalf_hands.buyer and m.ended_at is null
           and exists (select from access_membership s, parties_tree(s.org) t
                        where s.user_id = who and s.is_active and t.id = m.seller))
$$;
