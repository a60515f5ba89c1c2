-- Hands notices on to the people of their organisation: a letter for each person and way that the
-- person wishes, or that is the default for what their roles allow. Up to `events_settled`.
-- Mail that follows another soon goes with the one that waits already, or five minutes after the
-- last: on a busy day a seller has a mail every five minutes, not one for each order.
-- What a person has by mail also shows on its devices, whether it wants mail or not.
-- A notice for one person goes to no other; a kind without a permission is for whoever it names.
-- `kinds` (once for each permission that will do), `permissions` and `by_sms` are the defaults, place by place; how many letters it made.
create or replace function dispatch_hand_on(
    kinds text[], permissions text[], by_sms boolean[], now_at timestamptz) returns bigint
language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
    begins bigint; ends bigint; made bigint;
begin
    select position into begins from dispatch_relay for update skip locked;
    if not found then
        return 0;  -- somebody else is at it
    end if;
    ends := events_settled();
    if ends <= begins then
        return 0;
    end if;
    with fresh as materialized (
        select n.id, n.org, n.person, n.kind from events_notice n
         where n.transaction >= begins and n.transaction < ends
           and n.at > now_at - interval '2 days'),  -- what was brought in later is no news
    person as (
        select m.org, m.user_id, array_agg(distinct p) filter (where p is not null) as may
          from access_membership m
          join access_user u on u.id = m.user_id and u.is_active
          left join access_membershiprole mr on mr.membership_id = m.id
          left join access_role r on r.id = mr.role_id
          left join lateral unnest(r.permissions) p on true
         where m.is_active and m.org in (select org from fresh)
         group by m.org, m.user_id),
    wanted as (
        select f.id, f.org, p.user_id,
               coalesce(w.mail, d.permission = '' or d.permission = any (p.may), false) as mail,
               coalesce(w.sms, d.sms and d.permission = any (p.may), false) as sms
          from fresh f
          join person p on p.org = f.org and p.user_id = coalesce(f.person, p.user_id)
          left join unnest(kinds, permissions, by_sms) d (kind, permission, sms)
            on d.kind = f.kind
          left join dispatch_wish w
            on w.person = p.user_id and w.org = f.org and w.kind = f.kind),
    soon as materialized (
        select p.org, p.user_id,
               greatest(now_at, least(now_at + interval '5 minutes',
                   case last.status when 'WAITING' then last.next_try_at
                                    when 'SENT' then last.ended_at + interval '5 minutes'
                                    else now_at end)) as at
          from person p
         cross join lateral (
               select l.status, l.next_try_at, l.ended_at from dispatch_letter l
                where l.person = p.user_id and l.org = p.org and l.way = 'MAIL'
                order by l.made_at desc limit 1) last)
    insert into dispatch_letter (
           id, org, notice, person, way, status, made_at, tries, next_try_at)
    select uuidv7(), w.org, w.id, w.user_id, way.name, 'WAITING', now_at, 0,
           case way.name when 'MAIL' then coalesce(soon.at, now_at) else now_at end
      from wanted w
      left join soon on soon.org = w.org and soon.user_id = w.user_id
      left join dispatch_reach r on r.person = w.user_id and r.org = w.org
     cross join lateral (values ('MAIL', w.mail and coalesce(r.mail, 'AT_ONCE') <> 'NEVER'),
                                ('SMS', w.sms and coalesce(r.phone, '') <> ''),
                                ('PUSH', w.mail and exists (select from dispatch_device v
                                    where v.person = w.user_id and v.org = w.org))
                 ) way (name, is_on)
     where way.is_on
    on conflict (notice, person, way) do nothing;
    get diagnostics made = row_count;
    update dispatch_relay set position = ends;
    return made;
end $$;
