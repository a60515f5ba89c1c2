-- The accounts of the holds to let go; refuses holds that were never placed or are another's.
create or replace function posting_voidable(voids uuid[]) returns bigint[]
language plpgsql as $$
declare
    mine uuid[] := heliu_orgs();
    unknown uuid; foreigner uuid; accounts bigint[];
begin
    select (array_agg(v.id) filter (where h.id is null))[1],
           (array_agg(v.id) filter (
               where not coalesce(h.org = any (mine) or h.other = any (mine), false)))[1],
           array_agg(h.account_id) filter (where h.status = 'OPEN')
      into unknown, foreigner, accounts
      from unnest(voids) v(id) left join posting_hold h on h.id = v.id;
    if unknown is not null then
        perform posting_refuse('HL410', jsonb_build_object('hold', unknown));
    end if;
    if foreigner is not null and posting_bound() then
        perform posting_refuse('HL403', jsonb_build_object('key', foreigner));
    end if;
    return accounts;
end $$;
