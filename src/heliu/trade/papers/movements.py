"""What moved on a lender's loans, read from the reader's own book: the lender's or the dealer's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.capital.books.chart import Code, kind_label
from heliu.kernel.access.actor import Actor

CLAIMS = (Code.LOAN_PRINCIPAL, Code.INTEREST_RECEIVABLE)
DEBTS = (Code.LOAN_PAYABLE, Code.INTEREST_PAYABLE)

MOVED = """
select j.effective, j.kind,
       coalesce(sum(l.amount) filter (where a.code = %(principal)s), 0)::bigint,
       coalesce(sum(l.amount) filter (where a.code = %(interest)s), 0)::bigint
  from books_account a
  join posting_line l on l.account_id = a.id
  join posting_journal j on j.id = l.journal_id
 where a.org = %(book)s and a.other = %(other)s and a.ref = %(deal)s
   and a.code in (%(principal)s, %(interest)s) and l.effective <= %(last)s
 group by j.id
 order by j.effective, j.at, j.id
"""
SUMS = """
select a.ref, a.code,
       coalesce(sum(l.amount) filter (where l.effective < %(first)s), 0)::bigint,
       coalesce(sum(l.amount) filter (where l.effective >= %(first)s and l.amount > 0), 0)::bigint,
       coalesce(sum(-l.amount) filter (where l.effective >= %(first)s and l.amount < 0), 0)::bigint
  from books_account a
  join posting_line l on l.account_id = a.id and l.effective <= %(last)s
 where a.org = %(book)s and a.other = %(other)s and a.code = any(%(codes)s)
 group by a.ref, a.code
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """What a journal did to the debt: principal and interest in fen, more owed positive.

    `until` is the last day of a run of daily interest, else the day itself.
    """

    on: date
    until: date
    kind: str
    principal: int
    interest: int

    @property
    def label(self) -> str:
        """What it was, in the reader's language."""
        return kind_label(self.kind)


@dataclass(frozen=True, slots=True)
class Sums:
    """What stood on an account before a time, and what was added and taken in it, in fen."""

    opening: int = 0
    more: int = 0
    less: int = 0

    @property
    def closing(self) -> int:
        """What stands after."""
        return self.opening + self.more - self.less


def movements(actor: Actor, loan: Any, last: date) -> list[Movement]:
    """Everything that moved on a loan's principal and interest up to a day, in order."""
    is_lender = loan.lender in actor.orgs
    principal, interest = CLAIMS if is_lender else DEBTS
    sign = 1 if is_lender else -1
    asked = {
        "book": loan.lender if is_lender else loan.borrower,
        "other": loan.borrower if is_lender else loan.lender,
        "deal": str(loan.deal),
        "principal": str(principal),
        "interest": str(interest),
        "last": last,
    }
    return [
        Movement(day, day, kind, sign * of_principal, sign * of_interest)
        for day, kind, of_principal, of_interest in _rows(MOVED, asked)
    ]


def runs(found: Iterable[Movement]) -> list[Movement]:
    """The same with the daily interest between two other movements as one."""
    told: list[Movement] = []
    for one in found:
        if told and told[-1].kind == one.kind == "accrued":
            before = told.pop()
            one = Movement(before.on, one.on, "accrued", 0, before.interest + one.interest)
        told.append(one)
    return told


def sums_of(lender: UUID, borrower: UUID, first: date, last: date) -> dict[tuple[str, str], Sums]:
    """(deal, code) -> what moved in a time on each of a borrower's loans, in the lender's book."""
    asked = {
        "book": lender, "other": borrower, "first": first, "last": last,
        "codes": [str(code) for code in CLAIMS],
    }  # fmt: skip
    return {(ref, code): Sums(*amounts) for ref, code, *amounts in _rows(SUMS, asked)}


def _rows(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
