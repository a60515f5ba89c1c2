"""What a loan costs: the terms that are offered for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from heliu.capital.credit.models import DepositMode, Instrument
from heliu.capital.interest import Rate, apr_simple, following, interest, share, xirr
from heliu.kernel.errors import Invalid
from heliu.kernel.money import share_up

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


def margin_of(mode: str, deposit: int) -> int:
    """What of a deposit stays with the lender as security while the loan runs; a down payment goes
    on to the seller, and the loan is so much smaller."""
    return deposit if mode == DepositMode.CASH_MARGIN else 0


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
