"""What the turn of the day brings to loans, many at once: interest, and being late.

`reckon` is how interest comes to be posted, whether the day turned or a payment came.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from heliu.capital.books import operations as books
from heliu.capital.books.entries import Event
from heliu.capital.books.journals import loans as templates
from heliu.capital.lending.events import LoanOverdue
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.capital.lending.operations.common import SYSTEM, event, step, tell
from heliu.capital.lending.policies import debt
from heliu.capital.lending.queries import parties_of, repaid_principals
from heliu.kernel.access.actor import Actor
from heliu.kernel.arrays import ids, listed, numbers

READ = (
    "number", "deal", "borrower", "seller", "lender", "facility", "status", "principal", "rate",
    "day_count", "due_on", "grace_days", "penalty_factor", "fee", "disbursed_on",
    "loan_returned_at", "written_off_at", "accrued_to", "interest_accrued", "principal_repaid",
    "interest_paid", "penalty_paid", "fee_paid", "accepted_on", "margin", "replays", "caps",
)  # fmt: skip
ACCRUED = """
update lending_loan l set interest_accrued = n.interest, accrued_to = %s
  from unnest(%s::uuid[], %s::bigint[]) n(id, interest) where l.id = n.id
"""


def locked(deals: Collection[UUID]) -> list[Loan]:
    """The running loans of these deals, kept from others until the transaction ends.

    Of a loan only what is needed to reckon is read; half of it is text and times.
    """
    loans = Loan.objects.select_for_update().filter(deal__in=listed(deals), status__in=RUNNING)
    return list(loans.only(*READ).order_by("id"))


def accrue(loans: Sequence[Loan], *, until: date, at: datetime) -> None:
    """Post the interest of locked loans up to a day (not counted), in as many statements as of one.

    What is posted is the rounded whole less what was posted before, so parts sum to the whole, a
    second run posts nothing, and a payment with an earlier value day is put right by the next run.
    """
    behind = [loan for loan in loans if _is_behind(loan, until)]
    if not behind:
        return
    repaid = repaid_principals(behind)
    events = [event for loan in behind for event in reckon(loan, repaid[loan.id], until=until)]
    sums = ids(loan.id for loan in behind), numbers(loan.interest_accrued for loan in behind)
    with connection.cursor() as cursor:
        cursor.execute(ACCRUED, [until, *sums])
    books.post_all(events, at=at)


def reckon(loan: Loan, repaid_so_far: Sequence[tuple[date, int]], *, until: date) -> list[Event]:
    """Bring the loan's sums up to a day, not saved yet; what is to be posted for it, if anything.

    The sums are saved before the books are written, as everywhere: documents, then accounts.
    """
    target = debt.charges(loan, repaid_so_far, until).interest
    amount = target - loan.interest_accrued
    loan.interest_accrued, loan.accrued_to = target, until
    if not amount:
        return []
    # The counts tell a correction of the same day from the first run.
    key = f"{until}:{len(repaid_so_far)}" + (f":{loan.replays}" if loan.replays else "")
    entries = templates.accrued(parties_of(loan), amount)
    return [event(loan, "accrued", entries, effective=until, key=key)]


def mark_overdue(
    loans: Sequence[Loan], *, on: date, at: datetime, actor: Actor = SYSTEM
) -> list[Loan]:
    """Call those of the locked loans overdue whose days of grace are over on a day; returns them.

    A loan is late once in its life, so they are few and moved one by one.
    """
    late = [loan for loan in loans if _is_late(loan, on)]
    for loan in late:
        step(loan, LoanStatus.OVERDUE)
        fact = LoanOverdue(
            subject=loan.id, number=loan.number, due_on=loan.due_on, principal=loan.principal_left
        )
        tell(loan, fact, actor=actor, at=at, also=[loan.seller])
    return late


def _is_behind(loan: Loan, until: date) -> bool:
    return loan.status in RUNNING and (loan.accrued_to is None or until > loan.accrued_to)


def _is_late(loan: Loan, on: date) -> bool:
    ends = debt.lateness(loan).grace_ends(loan.due_on)
    is_out = loan.disbursed_on is not None  # a bill that is not paid yet is not late
    return is_out and loan.status == LoanStatus.SELLER_PAID and on > ends
