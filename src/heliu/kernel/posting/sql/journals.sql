-- Writes the journals whose keys are new and returns their places in the call. A known key with
-- other content is refused, so is a reversal of nothing. Two senders of one key queue here; the later one finds it known.
create or replace function posting_journals(
    journal_ids uuid[], keys text[], kinds text[], effectives date[], subjects uuid[],
    reversed uuid[], contents bytea[], line_journals int[], line_accounts bigint[],
    now_at timestamptz)
returns bigint[] language plpgsql as $$
#variable_conflict use_column
declare
    fresh bigint[];
    reused text; dangling uuid;
begin
    with given as materialized (
        select * from unnest(journal_ids, keys, kinds, effectives, subjects, reversed, contents)
                 with ordinality g(id, key, kind, effective, subject, reverses, content, nr)),
    party as (
        select l.j, array_agg(distinct p.org) as orgs
          from unnest(line_journals, line_accounts) l(j, account)
          join posting_account k on k.id = l.account
         cross join lateral (values (k.org), (k.other)) p(org)
         where p.org is not null group by l.j),
    written as (
        insert into posting_journal (id, key, kind, effective, subject, reverses, content, at, orgs)
        select g.id, g.key, g.kind, g.effective, g.subject, g.reverses, g.content, now_at, p.orgs
          from given g join party p on p.j = g.nr
         order by g.key, g.nr
            on conflict do nothing
        returning id, key)
    select coalesce(array_agg(nr), '{}') into fresh
      from (select min(g.nr) as nr from given g join written using (id, key) group by id, key) n;

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
    select r.id into dangling from unnest(reversed) r(id)
     where r.id is not null and not exists (select from posting_journal j where j.id = r.id) limit 1;
    if dangling is not null then
        perform posting_refuse('HL404', jsonb_build_object('key', dangling));
    end if;
    return fresh;
end $$;
