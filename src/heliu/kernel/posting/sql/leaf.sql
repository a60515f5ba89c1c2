-- What a line says, hashed: with its journal and its account, so that none of the three can change
-- unseen. JSON keeps the parts apart; no part depends on a setting of the session.
create or replace function posting_leaf(l posting_line, j posting_journal, k posting_account)
returns bytea language sql stable as $$
    select sha256(convert_to(jsonb_build_array(
        l.id, l.chain_id, l.transaction, l.amount, l.hold, l.effective, l.org, l.other,
        l.journal_id, j.key, j.kind, j.effective, j.subject, j.reverses, encode(j.content, 'hex'),
        j.at at time zone 'UTC',
        l.account_id, k.key, k.balance_group, k.unit, k.org, k.other)::text, 'UTF8'))
$$;
