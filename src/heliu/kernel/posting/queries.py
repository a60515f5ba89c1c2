"""Every read of the engine, in single statements, so that each sees one moment.

The row policies stand below: the web role gets the accounts, holds and lines whose `org` or
`other` it acts for, and nothing of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from heliu.kernel.arrays import texts
from heliu.kernel.posting.database import rows
from heliu.kernel.posting.records import Balance, HoldState, LineRow, Standing

# An account without limits is folded up to a transaction; what is newer is summed here.
BALANCES = """
select a.id,
       a.posted + case when a.is_limited then 0 else (
           select coalesce(sum(l.amount), 0)::bigint from posting_line l
            where l.account_id = a.id and l.transaction >= a.folded_to) end,
       a.held_out - coalesce(due.o, 0), a.held_in - coalesce(due.i, 0), a.floor, a.ceiling
  from posting_account a
  left join lateral (
       select sum(greatest(h.posted - h.amount, 0))::bigint as o,
              sum(greatest(h.amount - h.posted, 0))::bigint as i
         from posting_hold h
        where h.account_id = a.id and h.status = 'OPEN' and h.expires_at <= %s) due on true
 where a.id = any(%s)
"""
BALANCE_ON = """
select a.id, (select coalesce(sum(l.amount), 0)::bigint from posting_line l
               where l.account_id = a.id and l.effective <= %s)
  from posting_account a where a.id = any(%s)
"""
HOLDS = """
select id, amount, posted, status = 'OPEN' and coalesce(expires_at > %s, true)
  from posting_hold where id = any(%s)
"""
# Reversals are of the same subject as what they reverse, so both are found by it.
STANDING = """
select j.id, j.key, j.kind, j.effective,
       (select array_agg(l.account_id order by l.id) from posting_line l where l.journal_id = j.id),
       (select array_agg(a.key order by l.id) from posting_line l
          join posting_account a on a.id = l.account_id where l.journal_id = j.id),
       (select array_agg(l.amount order by l.id) from posting_line l where l.journal_id = j.id)
  from posting_journal j
 where j.subject = %s and j.kind = any(%s::text[]) and j.effective > %s and j.reverses is null
   and not exists (select from posting_journal r where r.subject = j.subject and r.reverses = j.id)
 order by j.effective, j.at, j.id
"""
ROWS = """
select l.id, j.id, j.key, j.kind, j.effective, j.at, j.subject, a.id, a.key, l.amount
  from posting_journal j
  join posting_line l on l.journal_id = j.id
  join posting_account a on a.id = l.account_id
"""


def account_ids(keys: Iterable[str]) -> dict[str, int]:
    """key -> id of the accounts that are there and seen."""
    return dict(
        rows("select key, id from posting_account where key = any(%s::text[])", texts(keys))
    )


def balances(accounts: Iterable[int], *, at: datetime | None = None) -> dict[int, Balance]:
    """What stands now. Given `at`, holds due by then do not count even if nobody met them yet."""
    found = rows(BALANCES, at, list(accounts))
    return {row[0]: Balance(*row) for row in found}


def balance_on(accounts: Iterable[int], day: date) -> dict[int, int]:
    """What was posted with an effective day up to and including `day`."""
    return dict(rows(BALANCE_ON, day, list(accounts)))


def hold_state(ids: Iterable[UUID], *, at: datetime | None = None) -> dict[UUID, HoldState]:
    """How far the holds have come; given `at`, one that is due by then no longer binds."""
    return {row[0]: HoldState(*row[1:]) for row in rows(HOLDS, at, list(ids))}


def is_posted(key: str) -> bool:
    """Whether a journal of this key is posted, as far as whoever asks may see it."""
    ((found,),) = rows("select exists (select from posting_journal where key = %s)", key)
    return bool(found)


def lines_of(subject: UUID) -> list[LineRow]:
    """All lines of the journals about one thing, oldest first."""
    return [LineRow(*row) for row in rows(f"{ROWS} where j.subject = %s order by l.id", subject)]


def standing(subject: UUID, kinds: Sequence[str], *, after: date) -> list[Standing]:
    """The journals of these kinds about one thing that count from a later day than `after` and were
    not reversed, in the order of their days."""
    return [
        Standing(row[0], row[1], row[2], row[3], tuple(zip(row[4], row[5], row[6], strict=True)))
        for row in rows(STANDING, subject, list(kinds), after)
    ]


def closed_to(orgs: Iterable[UUID]) -> date | None:
    """The last day that any of these organisations has closed; None while all days are open."""
    ((last,),) = rows("select max(last) from posting_closed where org = any(%s)", list(orgs))
    return last  # type: ignore[no-any-return]


def statement(account: int, *, limit: int = 200) -> list[LineRow]:
    """The newest lines of an account, newest first."""
    sql = f"{ROWS} where l.account_id = %s order by l.transaction desc, l.id desc limit %s"
    return [LineRow(*row) for row in rows(sql, account, limit)]
