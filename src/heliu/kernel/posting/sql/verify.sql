-- The first line at fault of each chain: lines held against their seals, seals against the chain,
-- and the chain against heads kept elsewhere (names, blocks, numbers of lines, last lines, hashes).
create or replace function posting_verify(
    names text[], blocks bigint[], counts bigint[], last_lines bigint[], hashes text[])
returns table (chain text, line bigint, "position" bigint, kind text)
language sql stable set search_path = public, pg_temp set enable_seqscan = on as $$
with seal as (
    select s.*, coalesce(sum(cardinality(s.lines)) over earlier, 0)::bigint as before_it,
           coalesce(lag(s.hash) over chained, '') as expected,
           coalesce(lag(s.block) over chained, 0) + 1 as expected_block
      from posting_seal s
    window chained as (partition by s.chain_id order by s.block),
           earlier as (chained rows between unbounded preceding and 1 preceding)),
member as materialized (
    select s.chain_id, m.line, s.before_it + m.n as position, m.leaf, l.id is not null as is_there,
           case when l.id is not null then posting_leaf(l, j, k) end as now_says
      from seal s
     cross join lateral unnest(s.lines, s.leaves) with ordinality m(line, leaf, n)
      left join posting_line l on l.id = m.line
      left join posting_journal j on j.id = l.journal_id
      left join posting_account k on k.id = l.account_id),
there as (
    select chain_id, max(position) as last from member where is_there group by chain_id),
sealed as (
    select chain_id, max(block) as blocks, sum(cardinality(lines))::bigint as lines
      from posting_seal group by chain_id),
head as (  -- the chain's own row is a head too, though one that lies beside what it proves
    select c.id, h.block, h.lines, h.last_line, decode(h.hash, 'hex') as hash, h.name
      from unnest(names, blocks, counts, last_lines, hashes) h(name, block, lines, last_line, hash)
      left join posting_chain c on c.name = h.name
    union all
    select c.id, c.blocks, c.lines, c.last_line, c.hash, c.name
      from posting_chain c where c.blocks > 0),
fault as (
    select m.chain_id, null as name, m.line, m.position,
           case when m.is_there then 'altered'
                when m.position > coalesce(t.last, 0) then 'truncated'
                else 'missing' end as kind
      from member m left join there t using (chain_id)
     where m.now_says is distinct from m.leaf
    union all
    select s.chain_id, null, s.lines[1], s.before_it + 1, 'rewritten'
      from seal s
     where s.before <> s.expected or s.block <> s.expected_block
        or s.hash <> posting_block(s.before, s.block, s.lines, s.leaves)
    union all
    select l.chain_id, null, l.id, coalesce(d.lines, 0) + 1, 'added'
      from posting_line l
      join posting_chain c on c.id = l.chain_id and l.transaction < c.sealed_to
      left join sealed d on d.chain_id = l.chain_id
     where not exists (select from member m where m.line = l.id)
    union all
    select h.id, h.name, h.last_line, coalesce(d.lines, 0) + 1, 'truncated'
      from head h left join sealed d on d.chain_id = h.id
     where h.block > coalesce(d.blocks, 0)
    union all
    select h.id, h.name, h.last_line, h.lines, 'rewritten'
      from head h join posting_seal s on s.chain_id = h.id and s.block = h.block
     where s.hash <> h.hash)
select distinct on (1) coalesce(c.name, f.name)::text, f.line, f.position, f.kind
  from fault f left join posting_chain c on c.id = f.chain_id
 order by 1, f.position, f.line
$$;
