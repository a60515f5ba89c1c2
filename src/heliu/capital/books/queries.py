"""Reading the books: balances, statements, and whether the books agree with each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heliu.capital.books.chart import (
    MEMO,
    MIRRORS,
    Code,
    currency_of,
    in_currency,
    kind_label,
    label,
    plain,
)
from heliu.capital.books.entries import Place
from heliu.capital.books.models import Account, Period, PeriodStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.money import TRADED
from heliu.kernel.posting import operations as posting

LINES_ON = """
select j.effective, j.kind, a.ref, l.amount,
       (sum(l.amount) over (order by j.effective, j.at, l.id))::bigint, late.value_day
  from books_account a
  join posting_line l on l.account_id = a.id
  join posting_journal j on j.id = l.journal_id
  left join books_late late on late.journal = j.id
 where a.org = %s and a.code = %s and a.other is not distinct from %s and l.effective <= %s
 order by j.effective desc, j.at desc, l.id desc
 limit %s
"""

BROKEN_PERIODS = """
select 'a closed period and the days of its book: ' || coalesce(p.org, c.org)
  from (select org, max(last) as last from books_period where status = 'CLOSED' group by org) p
  full join posting_closed c on c.org = p.org and c.last = p.last
 where p.org is null or c.org is null
union all
select 'the trial balance that was kept of ' || p.org || ' ' || p.first
  from books_period p where p.status = 'CLOSED' and exists (
       select from books_periodrow r
         full join (select a.code, a.other, sum(l.amount) as amount
                      from books_account a join posting_line l on l.account_id = a.id
                     where a.org = p.org and l.effective <= p.last
                     group by a.code, a.other) s
                on r.period_id = p.id and r.code = s.code and r.other is not distinct from s.other
        where (r.period_id = p.id or r.id is null)
          and coalesce(r.opening + r.debit - r.credit, 0) <> coalesce(s.amount, 0))
"""


@dataclass(frozen=True)
class TrialRow:
    """What stands on a code with one counterparty, over all deals (minor units)."""

    code: str
    other: UUID | None
    debit: int
    credit: int

    @property
    def label(self) -> str:
        """The account's name in the reader's language."""
        return label(self.code)

    @property
    def is_memo(self) -> bool:
        """Whether it stands off the balance sheet."""
        return plain(self.code) in MEMO

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return currency_of(self.code)


@dataclass(frozen=True)
class LineOfCode:
    """A line on a code of a book with what stood there after, over all deals (minor units).

    `value_day` is the day it counts from, where that was closed when it was booked.
    """

    effective: date
    kind: str
    ref: str
    amount: int
    balance: int
    value_day: date | None

    @property
    def label(self) -> str:
        """What the journal was for, in the reader's language."""
        return kind_label(self.kind)


@dataclass(frozen=True)
class StatementRow:
    """A line of an account with what stood on it after (minor units, debit positive)."""

    effective: date
    kind: str
    subject: UUID
    key: str
    amount: int
    balance: int

    @property
    def label(self) -> str:
        """What the journal was for, in the reader's language."""
        return kind_label(self.kind)


def visible_to(actor: Actor) -> QuerySet[Account]:
    """The accounts of the actor's own books."""
    if actor.is_system:
        return Account.objects.all()
    return Account.objects.filter(org__in=actor.orgs)


def accounts(actor: Actor) -> list[tuple[Account, int]]:
    """The accounts of the actor's own book with what stands on each, in the order of the chart."""
    rows = list(visible_to(actor).order_by("org", "code", "other", "ref"))
    stands = posting.balances([row.pk for row in rows])
    return [(row, stands[row.pk].posted) for row in rows]


def trial_balance(
    actor: Actor, *, org: UUID | None = None, on: date | None = None
) -> list[TrialRow]:
    """Debits and credits of a book per code and counterparty, now or as of the end of a day.

    The two columns sum to the same. Without `org` it is the book of the actor's desk.
    """
    book = org or actor.own_org
    if not actor.is_system and book not in actor.orgs:
        return []
    stands = "books_stands(%s)" if on is None else "books_stood(%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select code, other, amount from {stands} where amount <> 0"
            " order by code, other nulls first",
            [book] if on is None else [book, on],
        )
        return [
            TrialRow(code, other, max(amount, 0), max(-amount, 0))
            for code, other, amount in cursor.fetchall()
        ]


def statement(actor: Actor, account: int, *, limit: int = 200) -> list[StatementRow]:
    """The newest lines of one of the actor's accounts with the running balance, newest first."""
    if not visible_to(actor).filter(pk=account).exists():
        raise NotFound()
    lines = posting.statement(account, limit=limit)
    balance = posting.balances([account])[account].posted
    rows = []
    for line in lines:
        rows.append(
            StatementRow(
                line.effective, line.kind, line.subject, line.journal_key, line.amount, balance
            )
        )
        balance -= line.amount
    return rows


def lines_on(
    actor: Actor, code: str, other: UUID | None, on: date, *, limit: int = 200
) -> list[LineOfCode]:
    """The newest lines on a code of the actor's own book with one counterparty (or with none) up to
    the end of a day, each with what stood there after."""
    with connection.cursor() as cursor:
        cursor.execute(LINES_ON, [actor.own_org, code, other, on, limit])
        return [LineOfCode(*row) for row in cursor.fetchall()]


def terms_left(*, seller: UUID, buyer: UUID, at: datetime) -> int:
    """What a buyer may still order on terms (minor units); 0 when no trade credit was granted.

    Both sides may ask: the engine shows an account to its counterparty too.
    """
    key = Place(seller, Code.RECEIVABLE, buyer).key
    stands = posting.balances(posting.account_ids([key]).values(), at=at)
    return sum(stand.room_up or 0 for stand in stands.values())


def totals(code: str) -> dict[tuple[UUID, UUID | None], int]:
    """What stands on a code per book and counterparty, over all deals; for the worker."""
    rows = list(Account.objects.filter(code=code))
    stands = _stands([row.pk for row in rows], None)
    sums: dict[tuple[UUID, UUID | None], int] = {}
    for row in rows:
        sums[row.org, row.other] = sums.get((row.org, row.other), 0) + stands[row.pk]
    return sums


def periods(actor: Actor) -> QuerySet[Period]:
    """The months of the actor's books that were closed or asked to be, newest first."""
    found = Period.objects.order_by("-first", "-closed_at")
    return found if actor.is_system else found.filter(org__in=actor.orgs)


def period(actor: Actor, period_id: UUID) -> Period:
    """One of them, or `NotFound`."""
    found = periods(actor).filter(pk=period_id).first()
    if found is None:
        raise NotFound()
    return found


def closed_to(actor: Actor) -> date | None:
    """The last day that the actor's own book has closed."""
    return posting.closed_to([actor.own_org])


def next_month(org: UUID) -> date | None:
    """The first day of the month of a book that is to be closed next; None of an empty book."""
    newest = Period.objects.filter(org=org, status=PeriodStatus.CLOSED).order_by("-first").first()
    if newest is not None:
        return newest.last + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("select books_first_day(%s)", [org])
        (first,) = cursor.fetchone()
    return first and month_of(first)[0]


TOTALS_OFF = """
select coalesce(s.org, w.org), coalesce(s.code, w.code)
  from books_summed(null) s
  full join books_walked(null) w
         on (w.org, w.code) = (s.org, s.code) and w.other is not distinct from s.other
 where coalesce(s.amount, 0) <> coalesce(w.amount, 0) limit 20"""


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of a day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def check() -> list[str]:
    """Where two books contradict each other: the lender's claim is the dealer's debt, and so on;
    closed periods whose lines changed after all; totals that are not the sum of their accounts.

    For the worker, over all books; each finding names the codes, the two parties and the deal.
    """
    with connection.cursor() as cursor:
        cursor.execute(BROKEN_PERIODS)
        broken = [text for (text,) in cursor.fetchall()]
        cursor.execute(TOTALS_OFF)
        broken += [f"totals of book {org} are not what stands: {code}" for org, code in cursor]
    return broken + _contradictions()


def _contradictions() -> list[str]:
    pairs = [
        (in_currency(one, currency), in_currency(other, currency))
        for currency in TRADED
        for one, other in MIRRORS
    ]
    paired = {code for pair in pairs for code in pair}
    rows = list(Account.objects.filter(code__in=paired).exclude(other=None))
    stands = _stands([row.pk for row in rows], None)
    said = {Place(row.org, row.code, row.other, row.ref): stands[row.pk] for row in rows}
    findings = []
    for one, other in pairs:
        ends = {place for place in said if place.code == one}
        ends |= {_mirror(place, one) for place in said if place.code == other}
        findings += [
            f"{one} of {end.org} and {other} of {end.other} differ ({end.ref})"
            for end in sorted(ends, key=str)
            if said.get(end, 0) + said.get(_mirror(end, other), 0)
        ]
    return findings


def _mirror(place: Place, code: str) -> Place:
    """The account of the other party that says the same with the opposite sign."""
    if place.other is None:
        raise ValueError(f"{place} faces nobody")
    return Place(place.other, code, place.org, place.ref)


def _stands(numbers: Iterable[int], on: date | None) -> dict[int, int]:
    if on is not None:
        return posting.balance_on(numbers, on)
    return {number: stand.posted for number, stand in posting.balances(numbers).items()}
