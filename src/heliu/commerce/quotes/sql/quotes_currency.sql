-- A quote is in the currency in which the two trade.
create or replace function quotes_in_their_currency() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from parties_tradingrelationship r
                    where r.buyer = new.buyer and r.seller = new.seller
                      and r.currency = new.currency) then
        raise check_violation using constraint = 'quote_in_their_currency',
            message = 'quote_in_their_currency: the two trade in another';
    end if;
    return new;
end $$;

create or replace trigger in_their_currency before insert or update of currency
    on quotes_quote for each row execute function quotes_in_their_currency();

-- While two talk about a quote the currency in which they trade stays. Named to come after the
-- trigger that looks at orders: an order of a quote locks the two tables in that order too.
create or replace function quotes_currency_set() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    lock table quotes_quote in share row exclusive mode;
    if exists (select from quotes_quote q where q.buyer = old.buyer and q.seller = old.seller
                  and q.status in ('ASKED', 'OFFERED')) then
        raise check_violation using constraint = 'currency_before_quotes',
            message = 'currency_before_quotes: the two talk about a quote in one';
    end if;
    return new;
end $$;

create or replace trigger currency_set_quotes before update of currency
    on parties_tradingrelationship for each row when (new.currency <> old.currency)
    execute function quotes_currency_set();
