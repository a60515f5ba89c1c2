"""What a repayment does before it is made: what it pays, which goods it frees, what waiting costs.

Nothing is worked out here a second time. What a payment pays is said by the rules by which one is
received (`lending.if_paid`), what it frees by those by which goods are released (`comes_free`), and
the amount that frees wanted goods is sought by asking them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from heliu.capital.credit.models import ReleaseMode
from heliu.capital.lending import queries as lending
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.capital.lending.policies import allocating, covering, debt
from heliu.capital.lending.policies.covering import Earning
from heliu.capital.lending.policies.debt import Owed
from heliu.capital.lending.queries import IfPaid
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.goods.models import Sku
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.pledges.models import IN_FORCE, Pledge, PledgeLine
from heliu.logistics.pledges.policies import (
    comes_free,
    least_value_freeing,
    taken_from,
    value_up_to,
)


class Earned(NamedTuple):
    """The value of goods, in fen, that repaying lets out in all; `all_of_it`: nothing is owed, or
    was ever paid out."""

    value: int
    all_of_it: bool


def earned_by(loan: Loan, pledge: Pledge | None, *, unsaved: int = 0) -> Earned | None:
    """What the loan, as far as it is repaid, lets out of its pledge; None while nothing may leave.

    While a loan is enforced goods come free when all is paid, not by parts. `unsaved` is what of it
    was paid only in thought.
    """
    if pledge is None or pledge.status not in IN_FORCE or loan.status == LoanStatus.ENFORCING:
        return None
    return Earned(
        min(
            earned_in_all(loan, pledge, unsaved=unsaved),
            spare(loan, pledge, loan.least_cover),
        ),
        loan.status in (LoanStatus.REPAID, LoanStatus.CLOSED, LoanStatus.CANCELLED),
    )


def earned_in_all(loan: Loan, pledge: Pledge, *, unsaved: int = 0) -> int:
    """The value of goods, in fen, that may have left in all by what was repaid, with those that
    others came for and those that the seller took back."""
    earned = lending.entitlement_of(loan, shared(pledge), unsaved=unsaved)
    return min(earned + left_beside(loan, pledge), pledge.pledged_value)


def shared(pledge: Pledge) -> int:
    """The value of goods, in fen, of which repaying frees a share: those that left for others which
    came in their place are not counted twice."""
    return pledge.pledged_value - pledge.exchanged_value


def left_beside(loan: Loan, pledge: Pledge) -> int:
    """The value of goods, in fen, that left beside what repaying has earned: exchanged, or against
    the seller's refund where only the dealer's own money frees goods. A share of the loan counts
    refunds already, by what they repaid."""
    is_by_deposit = loan.release_mode == ReleaseMode.DEPOSIT_FIRST
    return pledge.exchanged_value + (pledge.returned_value if is_by_deposit else 0)


def securing(loan: Loan, pledge: Pledge) -> int:
    """The value of all goods, in fen, that are there for a loan, are still to come, or have left:
    those of its order that were not found missing, and those that its dealer brought."""
    return loan.order_total - pledge.missing_value + pledge.brought_value


def spare(loan: Loan, pledge: Pledge, least_cover: int) -> int:
    """The value of goods, in fen, that may leave in all before those that stay, or are to come,
    cover the debt no more. All of it while none were found missing: the deposit covers for them."""
    if not pledge.missing_value:
        return pledge.pledged_value
    return max(0, securing(loan, pledge) - least_cover)


def is_short(loan: Loan, pledge: Pledge) -> bool:
    """Whether so many goods were found missing that the others do not cover the debt, which is
    still to be paid: then nothing comes free by parts until the seller refunds them, or the dealer
    repays enough or brings enough others."""
    return bool(lacking(loan, pledge))


def lacking(loan: Loan, pledge: Pledge) -> int:
    """The value of goods, in fen, that a loan lacks because some were found missing."""
    if loan.status not in RUNNING or not pledge.missing_value:
        return 0
    return max(0, loan.least_cover - (securing(loan, pledge) - pledge.released_value))


def needs_word(loan: Loan, value: int) -> bool:
    """Whether people at the lender agree before goods of this value in fen leave."""
    cap = loan.programme.auto_release_cap
    return cap is not None and value > cap


@dataclass(frozen=True)
class Freed:
    """Goods of one kind: what is bound of them, and what of it a payment frees."""

    sku: Sku
    bound: int
    units: int
    value: int


@dataclass(frozen=True)
class Simulated:
    """What a payment of `amount` fen would do. `left_over` is value earned that fills no whole
    unit; it counts towards the next."""

    amount: int
    if_paid: IfPaid
    goods: tuple[Freed, ...]
    left_over: int

    @property
    def quantity(self) -> int:
        """Units that come free."""
        return sum(one.units for one in self.goods)

    @property
    def value(self) -> int:
        """What they are worth, in fen."""
        return sum(one.value for one in self.goods)

    def frees(self, wanted: Mapping[UUID, int]) -> bool:
        """Whether at least these units come free."""
        units = {one.sku.pk: one.units for one in self.goods}
        return all(units.get(sku, 0) >= n for sku, n in wanted.items())


@dataclass(frozen=True)
class Subject:
    """A running loan with what was repaid on it and the goods still bound for it, oldest first."""

    loan: Loan
    repaid: Sequence[tuple[date, int]]
    pledge: Pledge | None
    lines: Sequence[PledgeLine]
    on: date

    @cached_property
    def owed(self) -> Owed:
        """What is owed if all is paid on the day."""
        return debt.owed(self.loan, self.repaid, self.on)

    @cached_property
    def _paid_in(self) -> int:
        return lending.paid_in(self.loan)

    @cached_property
    def goods(self) -> tuple[Freed, ...]:
        """The goods bound, by kind, the oldest first."""
        return tuple(self._goods([0] * len(self.lines)))

    def simulate(self, amount: int) -> Simulated:
        """What a payment of `amount` fen on the day would do."""
        paid = lending.if_paid(self.loan, self.repaid, amount, self.on)
        units, left_over = self._released(paid)
        return Simulated(amount, paid, tuple(self._goods(units)), left_over)

    def waits_for_lender(self, done: Simulated) -> bool:
        """Whether so many goods would come free that people at the lender agree first."""
        return needs_word(self.loan, done.value)

    def amount_for(self, wanted: Mapping[UUID, int]) -> int:
        """The least payment, in fen, that frees at least these units (SKU id: units).

        Goods leave oldest first, so older ones may have to come free with them. Refuses (422) what
        is not bound.
        """
        wanted = {sku: n for sku, n in wanted.items() if n}
        bound = {one.sku.pk: one.bound for one in self.goods}
        if not wanted:
            raise Invalid("nothing-wanted", "Say which goods you want.", field="goods")
        if any(n > bound.get(sku, 0) for sku, n in wanted.items()):
            raise Invalid("not-bound", "No more can come free than is bound.", field="goods")
        candidates = map(self._amount_earning, self._values(wanted))
        enough = (n for n in candidates if n and self.simulate(n).frees(wanted))
        return next(enough, self.owed.total)

    def _released(self, if_paid: IfPaid) -> tuple[Sequence[int], int]:
        paid = if_paid.paid.allocation
        earned = earned_by(if_paid.after, self.pledge, unsaved=paid.principal + paid.margin)
        if self.pledge is None or earned is None:
            return [0] * len(self.lines), 0
        value, share = comes_free(
            self.pledge,
            [line.bound for line in self.lines],
            entitlement_value=earned.value,
            all_of_it=earned.all_of_it,
        )
        return share.units, max(0, value - self.pledge.released_value - share.value)

    def _goods(self, units: Sequence[int]) -> Iterator[Freed]:
        """The goods by kind, in the order of their oldest rows."""
        kinds: dict[UUID, Freed] = {}
        for line, n in zip(self.lines, units, strict=True):
            old = kinds.get(line.sku_id, Freed(line.sku, 0, 0, 0))
            kinds[line.sku_id] = Freed(
                line.sku,
                old.bound + line.bound.quantity,
                old.units + n,
                old.value + n * line.unit_value,
            )
        yield from kinds.values()

    def _values(self, wanted: Mapping[UUID, int]) -> tuple[int, int]:
        """The values of goods that free the wanted ones: the least, and one that always does."""
        bound = [line.bound for line in self.lines]
        units = taken_from(bound, [line.sku_id for line in self.lines], wanted)
        return least_value_freeing(bound, units), value_up_to(bound, units)

    def _amount_earning(self, value: int) -> int:
        """The least payment by which goods of this value more have been earned; 0 if none does."""
        if self.pledge is None or self.loan.status == LoanStatus.ENFORCING:
            return 0
        pledge = self.pledge
        pledged, needed = pledge.pledged_value, pledge.released_value + value

        def earned(amount: int) -> int:
            paid = allocating.allocate(self.loan, self.owed, amount, self.on)
            own = self.loan.deposit + self._paid_in + paid.principal + paid.margin
            repaid = self.loan.principal_repaid + paid.principal
            earning = Earning(self.loan.principal, repaid, own)
            exposure = max(0, self.loan.exposure - paid.principal - paid.margin)
            cover = covering.least_cover(exposure, self.loan.release_mode, self.loan.deposit_ratio)
            in_all = covering.entitlement(self.loan.release_mode, earning, shared(pledge))
            in_all = min(in_all + left_beside(self.loan, pledge), pledged)
            return min(in_all, spare(self.loan, pledge, cover))

        amounts = range(1, self.owed.total + 1)
        place = bisect_left(amounts, needed, key=earned)
        return amounts[place] if place < len(amounts) else 0


def of_loan(actor: Actor, id_or_number: UUID | str, *, on: date) -> Subject:
    """A loan on which something can be repaid; `NotFound`, or `Refused` when it is not running."""
    loan = lending.get(actor, id_or_number)
    require_running(loan)
    return of_loans(actor, [loan], on=on)[0]


def of_loans(actor: Actor, loans: Sequence[Loan], *, on: date) -> list[Subject]:
    """Running loans with their bound goods, however many, in four statements."""
    repaid = lending.repaid_principals(loans)
    secured = pledges.of_deals(actor, [loan.deal for loan in loans])
    bound = pledges.bound_lines([pledge.pk for pledge in secured.values()])
    return [
        Subject(
            loan,
            repaid[loan.pk],
            pledge := secured.get(loan.deal),
            [one.line for one in bound.get(pledge.pk, ())] if pledge else [],
            on,
        )
        for loan in loans
    ]


def require_running(loan: Loan) -> None:
    """Refuses a loan on which nothing can be repaid now."""
    if loan.status not in RUNNING:
        raise Refused(
            "not-to-repay",
            "Nothing can be repaid on %(number)s now.",
            number=loan.number,
            help="A loan is repaid once the seller was paid and until nothing is owed.",
        )
