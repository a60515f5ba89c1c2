"""What a payment pays of what is owed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heliu.capital.books.journals.loans import Allocation
from heliu.capital.interest import PRINCIPAL_FOR_RELEASE, Claim, Kind, Waterfall, share, waterfall
from heliu.capital.lending.policies.debt import Borrowed, Owed, owed
from heliu.kernel.errors import Invalid


@dataclass(frozen=True)
class SaleCosts:
    """What is paid out of the proceeds of a sale before the debt, in fen."""

    sale: int = 0
    custody: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.sale + self.custody


NO_COSTS = SaleCosts()


@dataclass(frozen=True)
class Paid:
    """What a payment does: of value on a day, what was owed on it, which of that it pays."""

    on: date
    owed: Owed
    allocation: Allocation


def pay(
    loan: Borrowed,
    repaid: Sequence[tuple[date, int]],
    amount: int,
    effective: date,
    *,
    costs: SaleCosts = NO_COSTS,
) -> Paid:
    """What a payment of `amount` fen pays, after what was repaid before; `costs` are those of a
    sale of goods that brought it.

    A value day before that of the last repayment counts as that day, for what came later is
    allocated.
    """
    day = value_day(loan, repaid, effective)
    owing = owed(loan, repaid, day)
    return Paid(day, owing, allocate(loan, owing, amount, day, costs=costs))


def value_day(loan: Borrowed, repaid: Sequence[tuple[date, int]], effective: date) -> date:
    """The day a payment counts from: what came later is allocated already."""
    return max([effective, *(earlier for earlier, _ in repaid), loan.disbursed_on or effective])


def allocate(
    loan: Borrowed, owing: Owed, amount: int, on: date, *, costs: SaleCosts = NO_COSTS
) -> Allocation:
    """Which of what is owed a payment of `amount` fen pays; the rest is unapplied.

    Costs of a sale, storage and custody, fee, penalty, interest, principal (Civil Code, article
    561: costs before interest before principal). A loan whose programme frees goods first pays
    principal before interest while nothing is past due. What is paid for a bill before it is paid
    itself is margin.
    """
    rule = Waterfall(without_arrears=PRINCIPAL_FOR_RELEASE if loan.is_principal_first else None)
    due = loan.due_on
    paid = waterfall(
        rule,
        [
            Claim(Kind.COST, due, costs.sale),
            Claim(Kind.CUSTODY, due, costs.custody),
            Claim(Kind.FEE, due, owing.fee),
            Claim(Kind.PENALTY, due, owing.penalty),
            Claim(Kind.INTEREST, due, owing.interest),
            Claim(Kind.PRINCIPAL, due, owing.principal),
        ],
        amount,
        on=on,
    )
    principal = paid.paid(Kind.PRINCIPAL)
    return Allocation(
        costs=paid.paid(Kind.COST) + paid.paid(Kind.CUSTODY),
        fee=paid.paid(Kind.FEE),
        penalty=paid.paid(Kind.PENALTY),
        interest=paid.paid(Kind.INTEREST),
        principal=0 if loan.is_promised else principal,
        margin=principal if loan.is_promised else 0,
        unapplied=paid.unapplied,
    )


def amount_for(
    loan: Borrowed, owing: Owed, percent: Decimal | int, on: date, *, last: bool = False
) -> int:
    """What to pay, in fen, so that `percent` of the original principal is repaid.

    With it comes what the waterfall pays first. Never more than all that is owed; `last` is all.
    """
    if not 0 < percent <= 100:
        raise Invalid(
            "percent-outside",
            "A repayment is more than 0 and at most 100 per cent.",
            field="percent",
            help="Give a share of the loan.",
        )
    part = min(share(loan.principal, Decimal(percent)), owing.principal)
    if last or part == owing.principal:
        return owing.total
    return amount_paying(loan, owing, part, on)


def amount_paying(loan: Borrowed, owing: Owed, principal: int, on: date) -> int:
    """The least payment, in fen, of which `principal` goes to the principal."""
    amounts = range(owing.total + 1)
    return bisect_left(amounts, principal, key=lambda n: allocate(loan, owing, n, on).principal)
