-- Whether pieces of a row are told apart is what their article says.
create function stock_row_is_traced() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    new.is_traced := exists (select from goods_sku where id = new.sku_id and tracking <> '');
    return new;
end $$;

create trigger traced_as_its_article before insert on stock_stockrow
    for each row execute function stock_row_is_traced();

-- How pieces are told apart changes only while none lies in a house or is on its way.
create function stock_tracking_fixed() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if exists (select from stock_stockrow where sku_id = new.id and has_goods)
       or exists (select from posting_account a
                   where a.unit = new.id::text and a.key like 'transit:%' and a.posted <> 0) then
        raise exception 'pieces of % are somewhere', new.code
            using errcode = 'check_violation', constraint = 'tracking_fixed';
    end if;
    update stock_stockrow set is_traced = new.tracking <> '' where sku_id = new.id;
    return new;
end $$;

create trigger tracking_fixed before update of tracking on goods_sku
    for each row when (old.tracking is distinct from new.tracking)
    execute function stock_tracking_fixed();

-- The pieces in a row that is traced sum up to its quantity when the transaction ends.
create function stock_marks_sum(wanted uuid) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select from stock_stockrow r
         where r.id = wanted and r.is_traced
           and r.quantity <> coalesce((select sum(p.quantity) from stock_pieces p
                                        where p.row_id = r.id and p.sku_id = r.sku_id), 0)) then
        raise exception 'the marked pieces of % are not what lies there', wanted
            using errcode = 'check_violation', constraint = 'marks_sum_up';
    end if;
end $$;

create function stock_marks_sum_of_row() returns trigger language plpgsql as $$
begin
    perform stock_marks_sum(new.id);
    return null;
end $$;

create function stock_marks_sum_of_pieces() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.row_id is not null then
        perform stock_marks_sum(old.row_id);
    end if;
    if tg_op <> 'DELETE' and new.row_id is not null then
        perform stock_marks_sum(new.row_id);
    end if;
    return null;
end $$;

create constraint trigger marks_sum_up after update of quantity on stock_stockrow
    deferrable initially deferred for each row
    when (new.is_traced) execute function stock_marks_sum_of_row();

create constraint trigger marks_sum_up after insert or update or delete on stock_pieces
    deferrable initially deferred for each row execute function stock_marks_sum_of_pieces();

-- What happened stays on record.
create function stock_trace_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a trace stays' using errcode = 'check_violation', constraint = 'trace_stays';
end $$;

create trigger trace_stays before update or delete on stock_trace
    for each row execute function stock_trace_stays();
