"""A lender's reports for the end of a day. Every read begins at the actor's own house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.capital.books.chart import Code
from heliu.capital.credit import queries as credit
from heliu.capital.credit.models import CapKind, Facility, Programme
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.posting import operations as posting

AGES: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))
"""Days past the due day, from and to; the first is what is not late."""

WEEKS = 26

AGEING = """
select borrower, bucket, count(*), sum(principal)::bigint
  from (select borrower, principal, width_bucket(days_late, array[0, 1, 31, 61, 91]) - 1 as bucket
          from reports_owed_on(%s, %s)) owed
 group by borrower, bucket
"""
BY_BORROWER = """
select borrower, programme, count(*), sum(principal)::bigint
  from reports_owed_on(%s, %s) group by borrower, programme
"""
COVERED = """
select o.number, o.deal, o.borrower, o.principal, coalesce(pledged.amount, 0)::bigint
  from reports_owed_on(%(lender)s, %(on)s) o
  left join books_account a on a.org = %(lender)s and a.code = 'collateral'
                           and a.other = o.borrower and a.ref = o.deal::text
  left join lateral (
       select sum(p.amount) as amount
         from posting_line p where p.account_id = a.id and p.effective <= %(on)s) pledged on true
 order by o.number
"""


@dataclass(frozen=True)
class Bucket:
    """How many loans, and what is owed of them (minor units)."""

    loans: int = 0
    amount: int = 0

    def __add__(self, other: Bucket) -> Bucket:
        return Bucket(self.loans + other.loans, self.amount + other.amount)


@dataclass(frozen=True)
class Ageing:
    """What a dealer owes, by how late it is: a bucket for each of `AGES`."""

    borrower: UUID
    buckets: tuple[Bucket, ...]

    @property
    def total(self) -> Bucket:
        """All of it."""
        return sum(self.buckets, Bucket())


@dataclass(frozen=True)
class Exposure:
    """What is out to one party, against what may be; amounts in minor units."""

    party: UUID
    loans: int
    amount: int
    most: int | None

    @property
    def room(self) -> int | None:
        """What may still be lent; below zero when more is out than may be, None without a bound."""
        return None if self.most is None else self.most - self.amount


@dataclass(frozen=True)
class Covered:
    """What is owed of a loan, and the goods held in pledge for it (minor units)."""

    number: str
    deal: UUID
    borrower: UUID
    owed: int
    pledged: int

    @property
    def percent(self) -> Decimal | None:
        """Loan to value in per cent, to one place; None while no goods are there."""
        return loan_to_value(self.owed, self.pledged)


@dataclass(frozen=True)
class LimitUse:
    """A limit and what of it is taken; `held` is None for a day that is over."""

    facility: Facility
    limit: int
    used: int
    held: int | None

    @property
    def free(self) -> int:
        """What is left."""
        return self.limit - self.used - (self.held or 0)


@dataclass(frozen=True)
class Vintage:
    """The loans paid out in a month. `late` says, by months on book, what was for the first time
    more than the asked days late then; `seen` is how many months have been seen by now."""

    month: date
    loans: int
    lent: int
    late: Mapping[int, int]
    seen: int

    def late_by(self, month: int) -> int:
        """What was ever late by this month on book."""
        return sum(amount for since, amount in self.late.items() if since <= month)


def ageing(actor: Actor, on: date) -> list[Ageing]:
    """What each dealer owes at the end of a day by how late it is, the most owed first."""
    found: dict[UUID, dict[int, Bucket]] = defaultdict(dict)
    for borrower, bucket, loans, amount in _rows(AGEING, actor.own_org, on):
        found[borrower][bucket] = Bucket(loans, amount)
    aged = [
        Ageing(borrower, tuple(of.get(place, Bucket()) for place in range(len(AGES))))
        for borrower, of in found.items()
    ]
    return sorted(aged, key=lambda one: (-one.total.amount, str(one.borrower)))


def covered(actor: Actor, on: date) -> list[Covered]:
    """What is owed of each loan at the end of a day beside the goods held in pledge for it."""
    with connection.cursor() as cursor:
        cursor.execute(COVERED, {"lender": actor.own_org, "on": on})
        return [Covered(*row) for row in cursor.fetchall()]


def loan_to_value(owed: int, pledged: int) -> Decimal | None:
    """Debt in per cent of the goods that secure it, to one place."""
    if pledged <= 0:
        return None
    return (Decimal(owed) * 100 / pledged).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def exposures(actor: Actor, on: date) -> tuple[list[Exposure], list[Exposure]]:
    """What is out to each dealer against its cap (where it has none of its own, the highest for
    one borrower of the programmes it stands under), and for each seller's goods against the
    seller's quota; the most first."""
    programmes = {
        one.pk: one for one in credit.programmes_visible_to(actor).filter(lender=actor.own_org)
    }
    rows = [
        (borrower, programmes[programme], loans, amount)
        for borrower, programme, loans, amount in _rows(BY_BORROWER, actor.own_org, on)
    ]
    dealers: dict[UUID, list[tuple[Programme, int, int]]] = defaultdict(list)
    sellers: dict[UUID, list[tuple[int, int]]] = {one.seller: [] for one in programmes.values()}
    for borrower, programme, loans, amount in rows:
        dealers[borrower].append((programme, loans, amount))
        sellers[programme.seller].append((loans, amount))
    caps = {
        (one.kind, one.party): one.limit
        for one in credit.caps_visible_to(actor).filter(lender=actor.own_org)
    }
    by_dealer = [
        Exposure(
            party,
            sum(loans for _, loans, _ in parts),
            sum(amount for _, _, amount in parts),
            caps.get(
                (CapKind.BORROWER, party),
                max(programme.single_name_cap for programme, _, _ in parts),
            ),
        )
        for party, parts in dealers.items()
    ]
    by_seller = [
        Exposure(
            party,
            sum(loans for loans, _ in parts),
            sum(amount for _, amount in parts),
            caps.get((CapKind.SELLER, party)),
        )
        for party, parts in sellers.items()
    ]
    return _most_first(by_dealer), _most_first(by_seller)


def limit_use(actor: Actor, on: date, at: datetime) -> list[LimitUse]:
    """The limits granted by a day that have not ended, and what of each is taken; most used first.

    For a day that is over what was held then is not known, and the limit is today's.
    """
    granted = credit.visible_to(actor).filter(lender=actor.own_org).exclude(status="ENDED")
    facilities = [
        one for one in granted.select_related("programme") if day_of(one.granted_at) <= on
    ]
    accounts = [one.account for one in facilities]
    if on < day_of(at):
        then = posting.balance_on(accounts, on)
        lines = [LimitUse(one, one.limit, then[one.account], None) for one in facilities]
    else:
        now = posting.balances(accounts, at=at)
        lines = [
            LimitUse(one, one.limit, now[one.account].posted, now[one.account].held_in)
            for one in facilities
        ]
    return sorted(lines, key=lambda one: (-one.used, one.facility.number))


def stands(actor: Actor, code: Code, days: Sequence[date]) -> list[int]:
    """What stands on an account of the actor's book at the end of each of the days."""
    sql = "select day, amount from reports_stands(%s, %s, %s::date[])"
    found = dict(_rows(sql, actor.own_org, str(code), list(days)))
    return [found[day] for day in days]


def weeks_to(day: date, weeks: int = WEEKS) -> list[date]:
    """The same day of so many weeks up to a day, the oldest first."""
    return [day - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


def vintages(actor: Actor, past: int, on: date) -> list[Vintage]:
    """Each month's loans and what of them was ever more than `past` days late, oldest first."""
    sql = "select vintage, month, loans, amount from reports_vintages(%s, %s, %s)"
    lent: dict[date, tuple[int, int]] = {}
    late: dict[date, dict[int, int]] = defaultdict(dict)
    for month, since, loans, amount in _rows(sql, actor.own_org, past, on):
        if since is None:
            lent[month] = (loans, amount)
        else:
            late[month][since] = amount
    return [
        Vintage(month, *lent[month], late[month], months_between(month, on))
        for month in sorted(lent)
    ]


def months_between(first: date, last: date) -> int:
    """How many months one month lies before another."""
    return (last.year - first.year) * 12 + last.month - first.month


def _most_first(found: Iterable[Exposure]) -> list[Exposure]:
    return sorted(found, key=lambda one: (-one.amount, str(one.party)))


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
