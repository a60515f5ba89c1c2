-- Whether pieces of a row are told apart is what their article says. A row that is made while its
-- article begins to be told apart waits for it.
create or replace function stock_row_is_traced() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare tells_apart text;
begin
    select tracking into tells_apart from goods_sku where id = new.sku_id for share;
    new.is_traced := coalesce(tells_apart, '') <> '';
    return new;
end $$;

-- Pieces begin to be told apart at any time: those that are there are one lot, UNNAMED, wherever
-- they lie and on their way, until a count names them. How they are told apart changes otherwise
-- only while none lies in a house or is on its way.
create or replace function stock_tracking_fixed() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare unnamed uuid;
begin
    -- Whoever moves such goods ends first; what is there is read afterwards.
    update stock_stockrow set is_traced = new.tracking <> '' where sku_id = new.id;
    if not exists (select from stock_stockrow where sku_id = new.id and has_goods)
       and not exists (select from posting_account a
                        where a.unit = new.id::text and a.key like 'transit:%'
                          and a.posted <> 0) then
        return new;
    end if;
    if old.tracking <> '' then
        raise exception 'pieces of % are somewhere', new.code
            using errcode = 'check_violation', constraint = 'tracking_fixed';
    end if;
    insert into stock_mark (id, sku_id, seller, code, article, is_serial, came_at)
    select uuidv7(), new.id, new.seller, 'UNNAMED', new.code, false, coalesce(max(r.since), now())
      from stock_stockrow r where r.sku_id = new.id and r.has_goods
        on conflict (sku_id, code) do nothing;
    select id into unnamed from stock_mark where sku_id = new.id and code = 'UNNAMED';
    insert into stock_pieces
        (mark_id, is_serial, sku_id, seller, owner, warehouse, row_id, away, ref, quantity)
    select unnamed, false, new.id, new.seller, r.owner, r.warehouse, r.id, '', '', r.quantity
      from stock_stockrow r where r.sku_id = new.id and r.has_goods
     union all
    select unnamed, false, new.id, new.seller, split_part(a.key, ':', 3)::uuid,
           split_part(a.key, ':', 2)::uuid, null, 'transit', split_part(a.key, ':', 5), a.posted
      from posting_account a
     where a.unit = new.id::text and a.key like 'transit:%' and a.posted > 0;
    return new;
end $$;
