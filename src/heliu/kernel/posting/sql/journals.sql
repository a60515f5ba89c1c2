-- Judges and writes the journals whose keys are new; returns their places in the call.
--
-- Refused are lines that name no account, journals without lines or whose lines do not sum to zero
-- per balance group and unit, journals that touch nothing of the organisations the caller acts for,
-- a known key with other content, and a reversal of nothing. Two senders of one key queue here; the
-- later one finds it known.
create or replace function posting_journals(
    journal_ids uuid[], keys text[], kinds text[], effectives date[], subjects uuid[],
    reversed uuid[], contents bytea[],
    line_journals int[], line_accounts bigint[], line_amounts bigint[], now_at timestamptz)
returns bigint[] language plpgsql as $$
#variable_conflict use_column
declare
    mine uuid[] := heliu_orgs();
    is_bound boolean := posting_bound();
    fresh bigint[];
    unknown bigint; bad int; foreigner int; known int;
    reused text; dangling uuid;
begin
    with line as materialized (
        select l.j, l.account, l.amount, k.id, k.balance_group, k.unit, k.org, k.other
          from unnest(line_journals, line_accounts, line_amounts) l(j, account, amount)
          left join posting_account k on k.id = l.account),
    side as (
        select j, sum(amount) <> 0 or bool_or(amount = 0) as is_bad,
               bool_or(not is_bound or org = any (mine) or other = any (mine)) as is_own
          from line group by j, balance_group, unit),
    judged as (select j, bool_or(is_bad) as is_bad, bool_or(is_own) as is_own from side group by j),
    verdict as (
        select (select min(account) from line where id is null) as unknown,
               min(j) filter (where is_bad) as bad,
               min(j) filter (where is_own is not true) as foreigner, count(*) as known
          from judged),
    party as (
        select j, array_agg(distinct org) as orgs
          from (select j, org from line union all select j, other from line) p
         where org is not null group by j),
    written as (
        insert into posting_journal (id, key, kind, effective, subject, reverses, content, at, orgs)
        select g.id, g.key, g.kind, g.effective, g.subject, g.reverses, g.content, now_at, p.orgs
          from unnest(journal_ids, keys, kinds, effectives, subjects, reversed, contents)
               with ordinality g(id, key, kind, effective, subject, reverses, content, nr)
          join party p on p.j = g.nr
         cross join verdict v
         where v.unknown is null and v.bad is null and v.foreigner is null
         order by g.key, g.nr
            on conflict do nothing
        returning id, key)
    select v.unknown, v.bad, v.foreigner, v.known,
           (select array_agg(g.nr) from (
               select min(nr) as nr from unnest(journal_ids, keys) with ordinality i(id, key, nr)
                 join written using (id, key) group by id, key order by 1) g)
      into unknown, bad, foreigner, known, fresh from verdict v;
    if unknown is not null then
        perform posting_refuse('HL404', jsonb_build_object('key', unknown::text));
    end if;
    if known < cardinality(keys) then
        select least(bad, min(j)) into bad from generate_series(1, cardinality(keys)) j
         where j <> all (line_journals);
    end if;
    if bad is not null then
        perform posting_refuse('HL400', jsonb_build_object('key', keys[bad]));
    end if;
    if foreigner is not null then
        perform posting_refuse('HL403', jsonb_build_object('key', keys[foreigner]));
    end if;

    fresh := coalesce(fresh, '{}');
    if cardinality(fresh) < cardinality(keys) then
        select g.key into reused
          from unnest(keys, contents) with ordinality g(key, content, nr)
          left join posting_journal j on j.key = g.key
         where g.nr <> all (fresh) and j.content is distinct from g.content
         order by g.nr limit 1;
        if reused is not null then
            perform posting_refuse('HL422', jsonb_build_object('key', reused));
        end if;
    end if;
    if array_remove(reversed, null) <> '{}' then
        select r.id into dangling from unnest(reversed) r(id)
         where r.id is not null and not exists (select from posting_journal j where j.id = r.id)
         limit 1;
        if dangling is not null then
            perform posting_refuse('HL404', jsonb_build_object('key', dangling));
        end if;
    end if;
    return fresh;
end $$;
