-- Whether the caller is bound to its own organisations. Inside a definer function current_user is
-- the owner; the role setting and the session still tell who called. Unknown roles are bound.
create or replace function posting_bound() returns boolean
language sql stable as $$
    select coalesce(nullif(current_setting('role', true), 'none'), session_user::text)
           not in ('heliu_worker', 'heliu_owner')
$$;
