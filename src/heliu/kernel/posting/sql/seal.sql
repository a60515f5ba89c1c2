-- Seals, and folds, every line of the transactions that are older than the oldest one running.
-- Writers never wait for it. Blocks hold at most 10,000 lines.
create or replace function posting_seal(now_at timestamptz) returns bigint
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
    since bigint; until bigint; sealed bigint := 0;
    piece record; c posting_chain;
begin
    perform pg_advisory_xact_lock(hashtext('posting_seal'));
    -- The oldest transaction running here. Those of other databases of the server do not count:
    -- they write nothing here. One that is over by now counts still, which is safe. All of it is
    -- one statement, so one snapshot, and who runs where is asked after that was taken.
    perform pg_stat_clear_snapshot();
    select least(
               (select min(x::text::bigint) from pg_snapshot_xip(pg_current_snapshot()) x
                 where not exists (
                       select from pg_locks l join pg_stat_activity a using (pid)
                        where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock'
                          and l.granted and l.transactionid = x::xid
                          and a.datname <> current_database())),
               pg_current_xact_id_if_assigned()::text::bigint,
               pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
      into until;
    select coalesce(max(sealed_to), 0) into since from posting_chain;
    perform posting_fold(since, until);
    for piece in
        select chain_id, array_agg(id order by id) as lines, array_agg(leaf order by id) as leaves,
               min(effective) as first_day
          from (select l.id, l.chain_id, l.effective, posting_leaf(l, j, k) as leaf,
                       (row_number() over (partition by l.chain_id order by l.id) - 1) / 10000 as part
                  from posting_line l
                  join posting_journal j on j.id = l.journal_id
                  join posting_account k on k.id = l.account_id
                 where l.transaction >= since and l.transaction < until) line
         group by chain_id, part order by chain_id, part
    loop
        select * into c from posting_chain where id = piece.chain_id for no key update;
        insert into posting_seal (chain_id, block, lines, leaves, before, hash, at)
        values (c.id, c.blocks + 1, piece.lines, piece.leaves, c.hash,
                posting_block(c.hash, c.blocks + 1, piece.lines, piece.leaves), now_at);
        update posting_chain
           set blocks = c.blocks + 1, lines = c.lines + cardinality(piece.lines),
               last_line = piece.lines[cardinality(piece.lines)],
               hash = posting_block(c.hash, c.blocks + 1, piece.lines, piece.leaves),
               sealed_to = until, first_day = least(c.first_day, piece.first_day)
         where id = c.id;
        sealed := sealed + cardinality(piece.lines);
    end loop;
    return sealed;
end $$;
