-- Goods bound by a pledge move only with it: at the end of every transaction a pledged row holds
-- exactly what its pledge lines still bind, and each of its live lines belongs to that pledge.
create function pledges_row_is_bound(row_id uuid) returns void
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare lying bigint; whose uuid; bound bigint; strangers bigint;
begin
    select r.quantity, r.pledge into lying, whose from stock_stockrow r where r.id = row_id;
    select coalesce(sum(l.quantity - l.released), 0),
           count(*) filter (where l.is_live and l.pledge_id is distinct from whose)
      into bound, strangers
      from pledges_pledgeline l where l.stock_row_id = row_id;
    if strangers > 0 or (whose is not null and lying <> bound) then
        raise exception 'pledged goods move only with their pledge'
            using errcode = 'HL409', detail = format('row %s holds %s, bound are %s', row_id, lying, bound);
    end if;
end $$;

create function pledges_guard_row() returns trigger language plpgsql as
$$ begin perform pledges_row_is_bound(new.id); return null; end $$;

create function pledges_guard_line() returns trigger language plpgsql as
$$ begin perform pledges_row_is_bound(new.stock_row_id); return null; end $$;

create constraint trigger bound after insert or update on stock_stockrow
    deferrable initially deferred for each row when (new.pledge is not null)
    execute function pledges_guard_row();
create constraint trigger bound after insert or update on pledges_pledgeline
    deferrable initially deferred for each row execute function pledges_guard_line();

-- What was pledged, released and tried stays on record; an entitlement once earned is not taken back.
create function pledges_kept() returns trigger language plpgsql as
$$ begin raise exception 'what was pledged stays on record' using errcode = 'HL405'; end $$;
create trigger kept before delete on pledges_pledgeline for each row execute function pledges_kept();
create trigger kept before delete on pledges_releaseorder for each row execute function pledges_kept();
create trigger kept before update or delete on pledges_releaseline
    for each row execute function pledges_kept();
create trigger kept before update or delete on pledges_codeattempt
    for each row execute function pledges_kept();
create trigger earned before update on pledges_pledge for each row
    when (new.entitlement < old.entitlement or new.released_value < old.released_value
          or new.released_quantity < old.released_quantity
          or new.picked_up_quantity < old.picked_up_quantity)
    execute function pledges_kept();
