-- The three roles of the product; see kernel/access/README.md. Idempotent.
do $$ begin
  if not exists (select from pg_roles where rolname = 'heliu_owner') then create role heliu_owner login createdb; end if;
  if not exists (select from pg_roles where rolname = 'heliu_worker') then create role heliu_worker login; end if;
  if not exists (select from pg_roles where rolname = 'heliu_web') then create role heliu_web login; end if;
end $$;
-- A young database plans foreign-key checks as sequential scans until the first analyze.
alter role heliu_web set enable_seqscan = off;
alter role heliu_worker set enable_seqscan = off;
