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
    until := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    select coalesce(max(sealed_to), 0) into since from posting_chain;
    perform posting_fold(since, until);
    for piece in
        select chain_id, array_agg(id order by id) as lines, array_agg(leaf order by id) as leaves
          from (select l.id, l.chain_id, posting_leaf(l, j, k) as leaf,
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
               sealed_to = until
         where id = c.id;
        sealed := sealed + cardinality(piece.lines);
    end loop;
    return sealed;
end $$;
