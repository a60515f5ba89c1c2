-- The first line at fault of each chain: lines held against their seals, seals against the chain,
-- and the chain against heads kept elsewhere (names, blocks, numbers of lines, last lines, hashes).
--
-- One pass over the seals as they were made, looking up by key what each of them seals: the ledger
-- is read about as it was written, and one block is in memory at a time. Joins that gather a side
-- whole would write millions of lines to disk and read them in no order; they are off.
create or replace function posting_verify(
    names text[], blocks bigint[], counts bigint[], last_lines bigint[], hashes text[])
returns table (chain text, line bigint, "position" bigint, kind text)
language sql stable set search_path = public, pg_temp
set enable_seqscan = on set enable_hashjoin = off set enable_mergejoin = off as $$
with faulty as (  -- what is wrong first in each block, of its chain and of its lines
    select s.chain_id, s.block, f.line, f.place, f.kind
      from posting_seal s
      left join posting_seal b on b.chain_id = s.chain_id and b.block = s.block - 1
     cross join lateral (
        select s.lines[1], 1::bigint, 'rewritten'
         where s.before is distinct from case s.block when 1 then '' else b.hash end
            or s.hash <> posting_block(s.before, s.block, s.lines, s.leaves)
        union all
        (select m.line, m.place, case when l.id is null then 'missing' else 'altered' end
           from unnest(s.lines, s.leaves) with ordinality m(line, leaf, place)
           left join posting_line l on l.id = m.line
           left join posting_journal j on j.id = l.journal_id
           left join posting_account k on k.id = l.account_id
          where l.id is null or posting_leaf(l, j, k) is distinct from m.leaf
          order by m.place limit 1)) f(line, place, kind)),
added as (  -- whatever is older than the last seal is sealed
    select l.chain_id, min(l.id) as line
      from (select id from posting_line
             where transaction < (select max(sealed_to) from posting_chain)
            except select unnest(lines) from posting_seal) a
      join posting_line l on l.id = a.id
     group by l.chain_id),
head as (  -- the chain's own row is a head too, though one that lies beside what it proves
    select c.id, h.block, h.lines, h.last_line, decode(h.hash, 'hex') as hash, h.name
      from unnest(names, blocks, counts, last_lines, hashes) h(name, block, lines, last_line, hash)
      left join posting_chain c on c.name = h.name
    union all
    select c.id, c.blocks, c.lines, c.last_line, c.hash, c.name
      from posting_chain c where c.blocks > 0),
fault as (  -- `place` counts from the beginning of the block; without one, from the chain's end
    (select distinct on (chain_id) chain_id, null as name, line, block, place, kind
       from faulty order by chain_id, block, place, kind desc)
    union all
    select chain_id, null, line, null, 1, 'added' from added
    union all
    select h.id, h.name, h.last_line, null, 1, 'truncated' from head h
     where h.block > coalesce((select max(block) from posting_seal where chain_id = h.id), 0)
    union all
    select h.id, h.name, h.last_line, 1, h.lines, 'rewritten'
      from head h join posting_seal s on s.chain_id = h.id and s.block = h.block
     where s.hash <> h.hash)
select distinct on (1) coalesce(c.name, f.name)::text, f.line, p.position,
       case when f.kind = 'missing' and not exists (  -- nothing that comes after it is there
           select from posting_seal s, unnest(s.lines) with ordinality m(line, place), posting_line l
            where s.chain_id = f.chain_id and (s.block, m.place) > (f.block, f.place)
              and l.id = m.line) then 'truncated' else f.kind end
  from fault f
  left join posting_chain c on c.id = f.chain_id
 cross join lateral (
       select f.place + coalesce(sum(cardinality(s.lines)), 0)::bigint as position
         from posting_seal s
        where s.chain_id = f.chain_id and (f.block is null or s.block < f.block)) p
 order by 1, p.position, f.line
$$;
