-- The number below which every transaction is over: what they wrote is all there. Whoever reads on by
-- `transaction` reads up to here, so that nothing is passed over which was numbered early and
-- committed late.
create or replace function events_settled() returns bigint
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    -- As in `posting_seal`: what runs in other databases of the server writes nothing here, and
    -- all of it is one statement, so one snapshot.
    perform pg_stat_clear_snapshot();
    return least(
        (select min(x::text::bigint) from pg_snapshot_xip(pg_current_snapshot()) x
          where not exists (
                select from pg_locks l join pg_stat_activity a using (pid)
                 where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock'
                   and l.granted and l.transactionid = x::xid
                   and a.datname <> current_database())),
        pg_current_xact_id()::text::bigint,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint);
end $$;
