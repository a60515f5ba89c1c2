"""What a loan costs, what is owed on it and what a payment pays: pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Protocol

from heliu.capital.books.journals.loans import Allocation
from heliu.capital.credit.models import DepositMode, Instrument, ReleaseMode
from heliu.capital.interest import (
    PRINCIPAL_FOR_RELEASE,
    Claim,
    Kind,
    PenaltyTerms,
    Rate,
    Waterfall,
    accrued,
    apr_simple,
    cut,
    exact,
    following,
    interest,
    late,
    segments_of,
    share,
    to_minor,
    waterfall,
    xirr,
)
from heliu.kernel.errors import Invalid
from heliu.kernel.money import share_up

SHORTFALL_POINTS = Decimal(5)  # of loan to value, above that of the opening
HIGHEST_RATE = Decimal(9_999)  # per cent a year: beyond it a programme's fee is a slip of the pen


class LoanRules(Protocol):
    """What the terms of a loan need of a programme; `Programme` has it."""

    @property
    def day_count(self) -> str: ...
    @property
    def fee_rate(self) -> Decimal: ...
    @property
    def margin_rate(self) -> Decimal: ...
    @property
    def max_tenor_days(self) -> int: ...
    @property
    def grace_days(self) -> int: ...
    @property
    def instrument(self) -> str: ...
    @property
    def deposit_mode(self) -> str: ...
    @property
    def release_mode(self) -> str: ...
    @property
    def deposit_ratios(self) -> Sequence[Decimal]: ...
    @property
    def days_options(self) -> Sequence[int]: ...


class Borrowed(Protocol):
    """What must be known of a loan to say what is owed; `Loan` has it."""

    @property
    def principal(self) -> int: ...
    @property
    def rate(self) -> Decimal: ...
    @property
    def day_count(self) -> str: ...
    @property
    def disbursed_on(self) -> date | None: ...
    @property
    def due_on(self) -> date: ...
    @property
    def grace_days(self) -> int: ...
    @property
    def penalty_factor(self) -> Decimal: ...
    @property
    def is_principal_first(self) -> bool: ...
    @property
    def fee(self) -> int: ...
    @property
    def fee_paid(self) -> int: ...
    @property
    def interest_paid(self) -> int: ...
    @property
    def penalty_paid(self) -> int: ...
    @property
    def principal_repaid(self) -> int: ...
    @property
    def is_promised(self) -> bool: ...
    @property
    def to_repay(self) -> int: ...


class Offered(Protocol):
    """What must be known of an offer to say what it asks for in the end; `Terms` and `Loan` have
    it."""

    @property
    def instrument(self) -> str: ...
    @property
    def principal(self) -> int: ...
    @property
    def draws(self) -> int: ...
    @property
    def fee(self) -> int: ...
    @property
    def total_cost(self) -> int: ...


@dataclass(frozen=True)
class Terms:
    """An offer: amounts in fen, rates per cent a year. A down payment and `principal` are the
    order; beside a margin `principal` is all of it.

    `interest` is that of the whole term if nothing is repaid early; `total_cost` adds the fee.
    `apr` is simple on 365 days, `effective_rate` the compound rate of the borrower's flows; both
    of the money it has the use of, so without the margin, and less what the margin bears. The modes
    are the programme's, and the loan's from the quote on.
    """

    deposit_ratio: Decimal
    rate: Decimal
    days: int
    deposit: int
    principal: int
    interest: int
    fee: int
    total_cost: int
    apr: Decimal
    effective_rate: Decimal
    due_on: date
    instrument: str
    deposit_mode: str
    release_mode: str

    @property
    def margin(self) -> int:
        """What of the deposit the lender keeps."""
        return margin_of(self.deposit_mode, self.deposit)

    @property
    def draws(self) -> int:
        """What it takes of the facility."""
        return self.principal - self.margin

    @property
    def order_total(self) -> int:
        """The order."""
        return self.draws + self.deposit

    @property
    def due_now(self) -> int:
        """What the borrower pays when it signs."""
        return self.deposit + fee_at_once(self.instrument, self.fee)

    @property
    def due_in_the_end(self) -> int:
        """What it has to bring by the due day if nothing was paid before, costs included."""
        return due_in_the_end(self)


@dataclass(frozen=True)
class Owed:
    """What is owed on a day, in fen, and the payment's parts that are still open."""

    principal: int
    interest: int
    penalty: int
    fee: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.principal + self.interest + self.penalty + self.fee


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
class Charges:
    """Interest and penalty from the first day to a day, in fen, whatever was paid of them."""

    interest: int
    penalty: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.interest + self.penalty


@dataclass(frozen=True)
class Paid:
    """What a payment does: of value on a day, what was owed on it, which of that it pays."""

    on: date
    owed: Owed
    allocation: Allocation


def margin_of(mode: str, deposit: int) -> int:
    """What of a deposit stays with the lender as security while the loan runs; a down payment goes
    on to the seller, and the loan is so much smaller."""
    return deposit if mode == DepositMode.CASH_MARGIN else 0


class Keeping(Protocol):
    """What must be known of a loan to say what its margin has borne; `Loan` has it."""

    @property
    def day_count(self) -> str: ...
    @property
    def margin_rate(self) -> Decimal: ...
    @property
    def margin_since(self) -> date | None: ...


def borne_by_margin(
    loan: Keeping, deposit: int, added: Sequence[tuple[date, int]], on: date
) -> int:
    """What a margin has borne up to a day (not counted), in fen, rounded once: the deposit since it
    came, and what was `added` to it, (day, fen)."""
    since = loan.margin_since
    if since is None or not loan.margin_rate:
        return 0
    balances, kept = {since: deposit}, deposit
    for day, amount in sorted(added):
        kept += amount
        balances[max(day, since)] = kept
    return accrued(segments_of(sorted(balances.items()), loan.margin_rate, on), loan.day_count)


def fee_at_once(instrument: str, fee: int) -> int:
    """What of the fee is taken with the deposit: that of a bill, for accepting it. A loan's is paid
    first by what is repaid."""
    return fee if instrument == Instrument.ACCEPTANCE_BILL else 0


def due_in_the_end(terms: Offered) -> int:
    """What the borrower has to bring by the due day, in fen, if it pays nothing before: the loan,
    or what the margin of a bill is short of; and the costs that were not taken at once."""
    is_bill = terms.instrument == Instrument.ACCEPTANCE_BILL
    costs = terms.total_cost - fee_at_once(terms.instrument, terms.fee)
    return (terms.draws if is_bill else terms.principal) + costs


def due_day(instrument: str, on: date, days: int) -> date:
    """When what is paid out or accepted `on` a day falls due. A bill is paid on a business day: one
    that ends on a weekend or holiday on the next."""
    due = on + timedelta(days=days)
    return following(due) if instrument == Instrument.ACCEPTANCE_BILL else due


def grace_of(programme: LoanRules) -> int:
    """Days after the due day on which paying is still in time. A bill has none: the holder is paid
    on the day, and what is missing then the lender has lent."""
    return 0 if programme.instrument == Instrument.ACCEPTANCE_BILL else programme.grace_days


def quote_terms(
    total: int, deposit_ratio: Decimal, rate: Decimal, days: int, on: date, programme: LoanRules
) -> Terms:
    """The terms for an order of `total` fen if it is paid out `on`.

    The deposit is rounded up to the fen, so the loan never exceeds its share. Refuses (422) terms
    longer than the programme allows, orders too small to leave anything to finance, and a fee that
    makes a short loan absurdly dear.
    """
    if not 0 < days <= programme.max_tenor_days:
        raise Invalid(
            "days-outside",
            "A loan runs from 1 to %(most)s days.",
            field="days",
            help="Choose a term within these days.",
            most=programme.max_tenor_days,
        )
    deposit = share_up(total, deposit_ratio)
    margin = margin_of(programme.deposit_mode, deposit)
    principal, in_use = total - deposit + margin, total - deposit
    if not 0 <= deposit_ratio < 1 or in_use <= 0:
        raise Invalid(
            "nothing-to-finance",
            "There is nothing left to finance after the deposit.",
            field="deposit_ratio",
            help="Choose a lower deposit.",
        )
    instrument = programme.instrument
    due_on = due_day(instrument, on, days)
    fee = share(principal, programme.fee_rate)
    upfront = fee_at_once(instrument, fee)
    lent = principal if instrument == Instrument.LOAN else 0
    cost = fee + interest(lent, rate, on, due_on, programme.day_count)
    # What the margin bears comes back with it.
    net = cost - interest(margin, programme.margin_rate, on, due_on, programme.day_count)
    effective = xirr([(on, in_use - upfront), (due_on, upfront - in_use - net)])
    if not isinstance(effective, Rate) or effective.per_cent > HIGHEST_RATE:
        raise Invalid(
            "cost-absurd",
            "A loan at this cost is not offered.",
            help="Choose a longer term.",
        )
    return Terms(
        deposit_ratio=deposit_ratio,
        rate=rate,
        days=days,
        deposit=deposit,
        principal=principal,
        interest=cost - fee,
        fee=fee,
        total_cost=cost,
        apr=apr_simple(net, in_use, days),
        effective_rate=effective.per_cent,
        due_on=due_on,
        instrument=instrument,
        deposit_mode=programme.deposit_mode,
        release_mode=programme.release_mode,
    )


def grid(
    total: int, least_ratio: Decimal, rate: Decimal, on: date, programme: LoanRules
) -> list[Terms]:
    """The offers at the checkout: every allowed deposit from `least_ratio` up, by every term."""
    return [
        quote_terms(total, ratio, rate, days, on, programme)
        for ratio in sorted(programme.deposit_ratios)
        if ratio >= least_ratio
        for days in sorted(programme.days_options)
        if days <= programme.max_tenor_days
    ]


def lateness(loan: Borrowed) -> PenaltyTerms:
    """What being late costs on this loan."""
    return PenaltyTerms(loan.grace_days, loan.penalty_factor)


def charges(loan: Borrowed, repaid: Sequence[tuple[date, int]], on: date) -> Charges:
    """Interest and penalty to the day, from (value day, principal) of what was repaid.

    Worked out anew from the first day each time, so a payment booked late with an earlier value
    day corrects itself: what is to be posted is this less what was posted.
    """
    if loan.disbursed_on is None or on <= loan.disbursed_on:
        return Charges(0, 0)
    balances, left = {loan.disbursed_on: loan.principal}, loan.principal
    for day, amount in sorted(repaid):
        left -= amount
        balances[max(day, loan.disbursed_on)] = left
    segments = segments_of(sorted(balances.items()), loan.rate, on)
    in_time = exact(cut(segments, loan.due_on), loan.day_count)
    since_due = [part for segment in segments if (part := segment.since(loan.due_on))]
    if not since_due:
        return Charges(to_minor(in_time), 0)
    after = late(
        since_due,
        due=loan.due_on,
        on=on,
        terms=lateness(loan),
        convention=loan.day_count,
    )
    return Charges(to_minor(in_time + after.interest), to_minor(Fraction(after.penalty)))


def owed(loan: Borrowed, repaid: Sequence[tuple[date, int]], on: date) -> Owed:
    """What the borrower owes if it pays all of it on the day; of a bill that is not paid yet, what
    is missing in its margin."""
    if loan.is_promised:
        return Owed(loan.to_repay, 0, 0, loan.fee - loan.fee_paid)
    if loan.disbursed_on is None:
        return Owed(0, 0, 0, 0)
    so_far = charges(loan, repaid, on)
    return Owed(
        principal=loan.principal - loan.principal_repaid,
        interest=max(0, so_far.interest - loan.interest_paid),
        penalty=max(0, so_far.penalty - loan.penalty_paid),
        fee=loan.fee - loan.fee_paid,
    )


def owed_after_write_off(*, principal: int, interest: int, recovered: int) -> Owed:
    """What is owed of a claim that was written off; what came since paid its interest first."""
    on_interest = min(recovered, interest)
    return Owed(principal - (recovered - on_interest), interest - on_interest, 0, 0)


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


def value_day(loan: Borrowed, repaid: Sequence[tuple[date, int]], effective: date) -> date:
    """The day a payment counts from: what came later is allocated already."""
    return max([effective, *(earlier for earlier, _ in repaid), loan.disbursed_on or effective])


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


def amount_paying(loan: Borrowed, owing: Owed, principal: int, on: date) -> int:
    """The least payment, in fen, of which `principal` goes to the principal."""
    amounts = range(owing.total + 1)
    return bisect_left(amounts, principal, key=lambda n: allocate(loan, owing, n, on).principal)


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


@dataclass(frozen=True)
class Earning:
    """What sets goods free, in fen: the principal, how much of it is repaid, by whomever, and all
    that the borrower has paid in itself: its deposit, and what it repaid or added as margin."""

    principal: int
    repaid: int
    paid_in: int


def entitlement(mode: str, earning: Earning, pledged_value: int) -> int:
    """The value of goods, in fen, the borrower may have had released in all.

    Proportional: the share of the pledged value that is repaid of the principal, rounded down, so
    that the cover never falls. Deposit first: goods worth what the borrower paid in, so that what
    is left is worth what is owed; what a seller refunds stands for goods that did not come and
    frees none. Floor: repaying lowers the floor and frees nothing by itself; the borrower says what
    it takes out above it. All of it when the loan is repaid.
    """
    if earning.repaid >= earning.principal:
        return pledged_value
    if mode == ReleaseMode.FLOOR:
        return 0
    if mode == ReleaseMode.DEPOSIT_FIRST:
        return min(earning.paid_in, pledged_value)
    return pledged_value * earning.repaid // earning.principal


def least_cover(exposure: int, mode: str, deposit_ratio: Decimal) -> int:
    """The least value of goods, in fen, that covers an exposure, rounded up.

    A loan opens with goods worth the order, less what the deposit frees where that comes first; it
    may stand `SHORTFALL_POINTS` above that part of their value before it is short (finance 2A).
    """
    opened = Decimal(1) if mode == ReleaseMode.DEPOSIT_FIRST else 1 - deposit_ratio
    return ceil(Fraction(exposure) / Fraction(opened + SHORTFALL_POINTS / 100))


def frees_on_arrival(mode: str, repaid: int) -> bool:
    """Whether goods that just arrived may come free at once: of a loan that was repaid in part, or
    for the deposit."""
    return (bool(repaid) and mode != ReleaseMode.FLOOR) or mode == ReleaseMode.DEPOSIT_FIRST
