-- How soon a customer is answered is what its tier gets: the worker gives it, and no desk.
create function parties_hours_guarded() returns trigger language plpgsql
set search_path = public, pg_temp as $$
begin
    if current_user = 'heliu_web' then
        raise insufficient_privilege using message = 'only by its tier is a customer served sooner';
    end if;
    return new;
end $$;

create trigger hours_guarded
    before update of answer_hours, solve_hours on parties_tradingrelationship
    for each row when ((new.answer_hours, new.solve_hours)
        is distinct from (old.answer_hours, old.solve_hours))
    execute function parties_hours_guarded();
