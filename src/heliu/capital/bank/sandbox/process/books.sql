-- The books of the sandbox bank in its own file. Times are ISO 8601 in UTC, which sort as text.
create table if not exists account (
    number text primary key,
    holder text not null,
    funds integer not null,          -- what was on it when it was opened
    is_bounded integer not null,     -- the bank's own account is not
    is_closed integer not null default 0,
    opened_for text unique,          -- dealer and lender of a supervised account
    opened_at text not null
) strict;

create table if not exists payment (
    id text primary key,
    content text not null,           -- what the order said, to tell a repeated from another one
    reason text not null,            -- why it was rejected; empty: booked
    at text not null
) strict;

create table if not exists entry (
    number integer primary key,
    account text not null references account,
    amount integer not null,         -- in is positive
    reference text not null,
    counterparty text not null,
    booked_at text not null
) strict;
create index if not exists entry_day on entry (account, booked_at);

create table if not exists notice (
    number integer primary key,
    said text not null,
    due_at text not null,
    is_late integer not null,
    queued real not null,            -- by this machine's clock, as the two below
    tries integer not null default 0,
    bring_after real not null default 0,
    hand_out_after real not null default 0,
    is_delivered integer not null default 0
) strict;
create index if not exists notice_waiting on notice (due_at) where not is_delivered;

create table if not exists fault (
    number integer primary key,
    id text not null,
    kind text not null,
    deal text,
    purpose text not null,
    reason text not null,
    delay real not null,
    times integer not null
) strict;
