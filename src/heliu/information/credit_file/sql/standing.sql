-- Who the borrower is to the seller and the lender: one row, as of a moment.
select o.is_active,
       r.since,
       exists (select from consent_disclosure d
                where d.of = o.id and d.to = %(lender)s and d.purpose = 'CREDIT'
                  and d.consented_at <= %(at)s and d.until > %(at)s
                  and (d.withdrawn_at is null or d.withdrawn_at > %(at)s)),
       (select (f.payload ->> 'limit')::bigint
          from credit_facility c
          join events_fact f on f.subject = c.id and f.name = 'capital.facility-granted'
         where c.borrower = o.id and c.lender = %(lender)s
           and (%(seller)s::uuid is null or c.seller = %(seller)s::uuid) and f.at <= %(at)s
         order by f.number desc limit 1)
  from parties_organization o
  left join lateral (
       select min(t.since) as since from parties_tradingrelationship t
        where t.buyer = o.id and (%(seller)s::uuid is null or t.seller = %(seller)s::uuid)
          and t.status = 'ACTIVE' and t.since <= %(day)s) r on true
 where o.id = %(borrower)s
