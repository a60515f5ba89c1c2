-- Opens the accounts that are not there yet and answers with the ids of all of them. The web role
-- opens only accounts of which it is the owner or the second party.
create or replace function posting_open(
    keys text[], chains text[], balance_groups text[], units text[], orgs uuid[], others uuid[],
    floors bigint[], ceilings bigint[], lock_ranks smallint[])
returns table (key text, id bigint)
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
#variable_conflict use_column
declare
    mine uuid[] := heliu_orgs();
    foreigner text;
begin
    select g.key into foreigner from unnest(keys, orgs, others) g(key, org, other)
     where not coalesce(g.org = any (mine) or g.other = any (mine), false) limit 1;
    if foreigner is not null and posting_bound() then
        perform posting_refuse('HL403', jsonb_build_object('key', foreigner));
    end if;

    if exists (select from unnest(keys) g(key)
                where not exists (select from posting_account k where k.key = g.key)) then
        insert into posting_chain (name, blocks, lines, last_line, hash, sealed_to)
        select distinct c.name, 0, 0, 0, ''::bytea, 0 from unnest(chains) c(name)
         where not exists (select from posting_chain x where x.name = c.name)
         order by c.name on conflict do nothing;
        insert into posting_account (key, chain_id, balance_group, unit, org, other, floor, ceiling,
                                     is_limited, lock_rank, posted, held_out, held_in, folded_to)
        select g.key, c.id, g.balance_group, g.unit, g.org, g.other, g.floor, g.ceiling,
               g.floor is not null or g.ceiling is not null, g.lock_rank, 0, 0, 0, 0
          from unnest(keys, chains, balance_groups, units, orgs, others, floors, ceilings, lock_ranks)
               g(key, chain, balance_group, unit, org, other, floor, ceiling, lock_rank)
          join posting_chain c on c.name = g.chain
         where not exists (select from posting_account k where k.key = g.key)
         order by g.key on conflict (key) do nothing;
    end if;

    return query select k.key::text, k.id from posting_account k where k.key = any (keys);
end $$;
