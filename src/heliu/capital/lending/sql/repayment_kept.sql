-- A payment that came is written once. Only a replay changes what it pays and from which day, and
-- what was before is kept.
create or replace function lending_repayment_kept() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.replay_id is null or new.replay_id is not distinct from old.replay_id
       or (new.id, new.loan_id, new.borrower, new.lender, new.key, new.paid_by, new.amount,
           new.costs, new.recovered, new.margin, new.at)
          is distinct from
          (old.id, old.loan_id, old.borrower, old.lender, old.key, old.paid_by, old.amount,
           old.costs, old.recovered, old.margin, old.at) then
        raise exception 'a repayment is written once' using errcode = 'HL405';
    end if;
    insert into lending_reckoned (replay_id, repayment_id, borrower, lender, effective, fee,
                                  penalty, interest, principal, unapplied)
    values (new.replay_id, old.id, old.borrower, old.lender, old.effective, old.fee,
            old.penalty, old.interest, old.principal, old.unapplied);
    return new;
end $$;
