"""Reading loans and what is owed on them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import DateField, ExpressionWrapper, F, Min, Q, QuerySet, Sum

from heliu.capital.books.chart import Code
from heliu.capital.books.journals.loans import Parties
from heliu.capital.books.models import Account
from heliu.capital.credit import queries as credit
from heliu.capital.credit.models import DepositMode, ReleaseMode
from heliu.capital.credit.queries import CreditLine
from heliu.capital.lending.models import RUNNING as RUNNING
from heliu.capital.lending.models import Loan, LoanStatus, PaidBy, Repayment, Replay
from heliu.capital.lending.policies import allocating, covering, debt
from heliu.capital.lending.policies.allocating import Paid
from heliu.capital.lending.policies.covering import Earning
from heliu.capital.lending.policies.debt import Owed
from heliu.kernel.access.actor import Actor
from heliu.kernel.arrays import listed
from heliu.kernel.errors import NotFound
from heliu.kernel.posting import operations as posting


@dataclass(frozen=True)
class History:
    """How an actor's loans went so far: counts, and sums in fen."""

    running: int
    overdue: int
    closed: int
    borrowed: int
    principal_left: int


@dataclass(frozen=True)
class IfPaid:
    """What a payment would do. `after` is the loan as it would stand: for reading, never saved.

    `a_day` and `a_day_after` are what the next day costs, without and with the payment; `saved` is
    what paying now and not on the due day spares. All in fen.
    """

    paid: Paid
    after: Loan
    a_day: int
    a_day_after: int
    saved: int


def visible_to(actor: Actor) -> QuerySet[Loan]:
    """The loans the actor took or gave."""
    if actor.is_system:
        return Loan.objects.all()
    return Loan.objects.filter(Q(borrower__in=actor.orgs) | Q(lender__in=actor.orgs))


def get(actor: Actor, id_or_number: UUID | str) -> Loan:
    """One loan, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).select_related("facility", "programme").first()
    if found is None:
        raise NotFound()
    return found


def of_deal(deal: UUID, actor: Actor) -> Loan | None:
    """The loan of a deal, if it has one that the actor may see."""
    return visible_to(actor).filter(deal=deal).first()


def repayments_of(loan: Loan) -> QuerySet[Repayment]:
    """What was paid on a loan, in the order of the value days."""
    return Repayment.objects.filter(loan=loan).order_by("effective", "at")


def repayment(actor: Actor, deal: UUID, key: str) -> Repayment | None:
    """The payment of this key on a deal's loan, if it came and the actor may see it."""
    found = Repayment.objects.filter(loan__in=visible_to(actor).filter(deal=deal), key=key)
    return found.select_related("loan").first()


def replays(actor: Actor, loan: Loan) -> QuerySet[Replay]:
    """How often and why the payments of a loan were reckoned anew, newest first."""
    found = Replay.objects.filter(loan=loan).order_by("-number")
    if actor.is_system:
        return found
    return found.filter(Q(borrower__in=actor.orgs) | Q(lender__in=actor.orgs))


def repaid_principal(loan: Loan) -> list[tuple[date, int]]:
    """(value day, principal) of each repayment."""
    return repaid_principals([loan])[loan.id]


def repaid_principals(loans: Sequence[Loan]) -> dict[UUID, list[tuple[date, int]]]:
    """(value day, principal) of each repayment of each loan, in the order of the value days."""
    found: dict[UUID, list[tuple[date, int]]] = {loan.id: [] for loan in loans}
    rows = Repayment.objects.filter(loan__in=listed(found)).order_by("effective", "at")
    for loan, day, principal in rows.values_list("loan", "effective", "principal"):
        found[loan].append((day, principal))
    return found


def owed(loan: Loan, on: date) -> Owed:
    """What is owed if all is paid on a day: interest and penalty to that day included."""
    return owed_all([loan], on)[loan.id]


def owed_all(loans: Sequence[Loan], on: date) -> dict[UUID, Owed]:
    """What is owed on each loan if all is paid on a day."""
    given_up = [loan for loan in loans if loan.written_off_at is not None]
    lent = [loan for loan in loans if loan.loan_returned_at is None and loan not in given_up]
    repaid = repaid_principals(lent) if lent else {}
    return (
        {loan.id: Owed(0, 0, 0, 0) for loan in loans}
        | {loan.id: debt.owed(loan, repaid[loan.id], on) for loan in lent}
        | {loan.id: _claim(loan) for loan in given_up}
    )


def _claim(loan: Loan) -> Owed:
    """What is owed of a loan that was written off: interest and penalty run no more."""
    return debt.owed_after_write_off(
        principal=loan.principal - loan.principal_repaid,
        interest=loan.interest_accrued - loan.interest_paid,
        recovered=loan.recovered,
    )


def amount_for(loan: Loan, percent: Decimal | int, on: date, *, last: bool = False) -> int:
    """What to pay so that `percent` of the original principal is repaid; `last` is all owed."""
    return allocating.amount_for(loan, owed(loan, on), percent, on, last=last)


def if_paid(loan: Loan, repaid: Sequence[tuple[date, int]], amount: int, on: date) -> IfPaid:
    """What a payment of `amount` fen would do on a day, by the rules by which one is received."""
    paid = allocating.pay(loan, repaid, amount, on)
    now = [*repaid, (paid.on, paid.allocation.principal)]
    after = copy(loan)
    after.count_paid(paid.allocation)
    if not after.is_promised and not debt.owed(after, now, paid.on).total:
        after.status = LoanStatus.REPAID
    due = max(loan.due_on, paid.on)
    at_due = debt.charges(loan, repaid, due).total
    return IfPaid(
        paid=paid,
        after=after,
        a_day=cost_of_a_day(loan, repaid, paid.on),
        a_day_after=cost_of_a_day(after, now, paid.on),
        saved=at_due - debt.charges(loan, now, due).total,
    )


def cost_of_a_day(loan: Loan, repaid: Sequence[tuple[date, int]], on: date) -> int:
    """What waiting one day more costs, in fen: interest, and penalty where it runs."""
    charged = debt.charges(loan, repaid, on).total
    return debt.charges(loan, repaid, on + timedelta(days=1)).total - charged


def entitlement_of(loan: Loan, pledged_value: int, *, unsaved: int = 0) -> int:
    """The value of goods, in fen, that what was paid so far frees in all. `unsaved` is what of it
    the borrower paid of the principal, or as margin, that no row says yet."""
    own = loan.deposit + paid_in(loan) + unsaved
    earning = Earning(loan.principal, loan.principal_repaid, own)
    return covering.entitlement(loan.release_mode, earning, pledged_value)


def paid_in(loan: Loan) -> int:
    """What the borrower itself has repaid of the principal, or paid in as margin after the deposit;
    asked only where it frees goods."""
    if loan.release_mode == ReleaseMode.PROPORTIONAL or not loan.principal_repaid + loan.topped_up:
        return loan.principal_repaid
    own = Repayment.objects.filter(loan=loan, paid_by=PaidBy.BORROWER)
    return int(own.aggregate(sum=Sum(F("principal") + F("margin"), default=0))["sum"])


def due_within(actor: Actor, days: int, *, on: date) -> QuerySet[Loan]:
    """Running loans that fall due in the next days, or are due already, the earliest first."""
    return (
        visible_to(actor)
        .filter(status__in=RUNNING, due_on__lte=on + timedelta(days=days))
        .order_by("due_on", "id")
    )


def history(actor: Actor) -> History:
    """The actor's loans in figures."""
    rows = visible_to(actor)
    sums = rows.filter(disbursed_on__isnull=False).aggregate(
        borrowed=Sum("principal"),
        left=Sum(F("principal") - F("principal_repaid"), filter=Q(status__in=RUNNING)),
    )
    return History(
        running=rows.filter(status=LoanStatus.SELLER_PAID).count(),
        overdue=rows.filter(status__in=[LoanStatus.OVERDUE, LoanStatus.ENFORCING]).count(),
        closed=rows.filter(status__in=[LoanStatus.REPAID, LoanStatus.CLOSED]).count(),
        borrowed=sums["borrowed"] or 0,
        principal_left=sums["left"] or 0,
    )


def credit_line(actor: Actor, *, at: datetime, seller: UUID | None = None) -> CreditLine | None:
    """The credit line with what falls due next: principal, in fen, and its day."""
    line = credit.credit_line(actor, at=at, seller=seller)
    if line is None:
        return None
    next_due = (
        Loan.objects.filter(facility=line.facility, status__in=RUNNING).order_by("due_on").first()
    )
    if next_due is None:
        return line
    return replace(line, next_due_on=next_due.due_on, next_due=next_due.to_repay)


def run_out(*, at: datetime) -> QuerySet[Loan]:
    """Quotes and requests whose time has gone by (for the worker)."""
    return Loan.objects.filter(
        status__in=[LoanStatus.REFERRED, LoanStatus.QUOTED], expires_at__lte=at
    )


def margin_on(loan: Loan, on: date) -> int:
    """The margin a lender keeps with all it has borne up to a day (not counted), in fen."""
    return loan.margin + max(0, borne_by(loan, on) - loan.margin_interest) if loan.margin else 0


def borne_by(loan: Loan, on: date) -> int:
    """What the margin of a loan has borne in all up to a day (not counted), in fen."""
    if not loan.margin_rate:
        return 0
    added = Repayment.objects.filter(loan=loan, margin__gt=0).values_list("effective", "margin")
    return debt.borne_by_margin(loan, loan.deposit, list(added), on)


def recovered_by_duty(loan: Loan) -> int:
    """What the seller has paid by its duty since the loan was written off, in fen."""
    paid = Repayment.objects.filter(loan=loan, paid_by=PaidBy.SELLER)
    return paid.aggregate(sum=Sum("recovered"))["sum"] or 0


def deposits_overdue(*, on: date) -> QuerySet[Loan]:
    """Loans whose borrower was to pay its deposit in before this day (for the worker)."""
    return Loan.objects.filter(status=LoanStatus.AWAIT_DEPOSIT, deposit_until__lt=on)


def paid_in_lenders(*, awaited_only: bool) -> dict[UUID, datetime]:
    """Lenders to which borrowers pay deposits in themselves, and since when: all that ever agreed
    so, or those that await one now (for the worker)."""
    found = Loan.objects.filter(deposit_until__isnull=False)
    if awaited_only:
        found = found.filter(status=LoanStatus.AWAIT_DEPOSIT)
    return dict(found.order_by().values_list("lender").annotate(since=Min("signed_at")))


def to_close(on: date) -> QuerySet[Loan]:
    """Running loans that a day changes: interest not posted up to it, or late; for the worker."""
    grace_ends = ExpressionWrapper(F("due_on") + F("grace_days"), DateField())
    is_behind = Q(accrued_to=None) | Q(accrued_to__lt=on)
    is_late = Q(status=LoanStatus.SELLER_PAID, grace_ends__lt=on)
    running = Loan.objects.filter(status__in=RUNNING)
    return running.alias(grace_ends=grace_ends).filter(is_behind | is_late)


def behind(org: UUID, on: date) -> QuerySet[Loan]:
    """Running loans that an organisation took or gave whose interest is not posted up to a day."""
    mine = Loan.objects.filter(Q(borrower=org) | Q(lender=org), status__in=RUNNING)
    return mine.filter(disbursed_on__lt=on).filter(Q(accrued_to=None) | Q(accrued_to__lt=on))


def due_between(first: date, last: date) -> QuerySet[Loan]:
    """Running loans that fall due from one day to another, both counted; for the worker."""
    return Loan.objects.filter(status__in=RUNNING, due_on__range=(first, last))


def parties_of(loan: Loan) -> Parties:
    """Whose books the loan is written in."""
    assert loan.facility_id is not None  # money moves only after a facility is there
    return Parties(
        loan.deal, loan.borrower, loan.seller, loan.lender, loan.facility_id, loan.counted
    )


def check() -> list[str]:
    """Loans that do not say what the lender's book says; for the worker."""
    accounts = {
        (row.code, row.ref): row.pk
        for row in Account.objects.filter(
            code__in=[
                Code.LOAN_PRINCIPAL,
                Code.INTEREST_RECEIVABLE,
                Code.UNAPPLIED,
                Code.CLAIM_WRITTEN_OFF,
                Code.LIAB_MARGIN,
                Code.ACCEPTANCE_CLAIM,
            ],
            org__in=Loan.objects.values("lender"),
        )
    }
    stands = posting.balances(accounts.values())
    findings = []
    empty = {"deposit_booked_at": None, "disbursed_on": None, "unapplied": 0}
    for loan in Loan.objects.exclude(**empty).iterator():
        said = {
            Code.LOAN_PRINCIPAL: loan.principal_left,
            Code.INTEREST_RECEIVABLE: loan.interest_left,
            Code.UNAPPLIED: -loan.unapplied,
            Code.CLAIM_WRITTEN_OFF: loan.claim_left,
            Code.ACCEPTANCE_CLAIM: loan.principal if loan.is_promised else 0,
        }
        if loan.deposit_mode == DepositMode.CASH_MARGIN:  # a down payment only passes through
            said[Code.LIAB_MARGIN] = -loan.margin - loan.deposit_back
        for code, amount in said.items():
            account = accounts.get((code, str(loan.deal)))
            booked = stands[account].posted if account is not None else 0
            if booked != amount:
                findings.append(f"loan {loan}: {code} is {amount}, in the books {booked}")
    return findings + _check_caps()


def _check_caps() -> list[str]:
    """Quotas and caps on which something else is used than the loans that count on them draw."""
    drawn: dict[str, int] = {}
    for loan in Loan.objects.exclude(caps=[]).iterator():
        for cap in loan.counted:
            drawn[cap.ref] = drawn.get(cap.ref, 0) + loan.drawn
    caps = list(credit.caps_visible_to(Actor.system()))
    stands = posting.balances([cap.account for cap in caps])
    return [
        f"{cap}: loans draw {drawn.get(str(cap.pk), 0)}, its account {stands[cap.account].posted}"
        for cap in caps
        if stands[cap.account].posted != drawn.get(str(cap.pk), 0)
    ]
