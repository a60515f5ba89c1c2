"""What a lender would offer a buyer for one order, worked out from the chain's own data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from heliu.capital.credit import policies as credit_rules
from heliu.capital.credit import queries as credit
from heliu.capital.credit.models import Facility, Outcome, Programme
from heliu.capital.lending import policies as lending_rules
from heliu.capital.lending.policies import Terms
from heliu.information.credit_file import queries as credit_file
from heliu.information.credit_file.queries import CreditFile
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid


@dataclass(frozen=True)
class FinanceOffer:
    """A programme's answer to one order. Amounts in minor units.

    `limit`, `used` and `held` are the buyer's facility as it stands, or as it would be granted;
    `grid` has every deposit and term on offer, empty when the answer is no.
    """

    programme: Programme
    file: CreditFile
    decision: credit_rules.Decision
    facility: Facility | None
    limit: int
    used: int
    held: int
    grid: tuple[Terms, ...]

    @property
    def lender(self) -> UUID:
        """Whose money it is."""
        return self.programme.lender

    @property
    def free(self) -> int:
        """What can still be drawn."""
        return max(0, self.limit - self.used - self.held)

    @property
    def is_declined(self) -> bool:
        """Whether the answer is no."""
        return self.decision.outcome == Outcome.DECLINE

    @property
    def is_referred(self) -> bool:
        """Whether a person at the bank decides first."""
        return self.decision.outcome == Outcome.REFER

    @property
    def recommended(self) -> Terms | None:
        """The lowest deposit that the free limit still carries, for the shortest term."""
        fits = [terms for terms in self.grid if terms.draws <= self.free]
        return min(fits, key=lambda terms: (terms.deposit_ratio, terms.days), default=None)

    def terms(self, deposit_ratio: Decimal | None, days: int | None) -> Terms:
        """The offer with this deposit and term, or the recommended one; refuses any other."""
        if deposit_ratio is None and days is None and self.recommended is not None:
            return self.recommended
        for terms in self.grid:
            if deposit_ratio in (None, terms.deposit_ratio) and days in (None, terms.days):
                return terms
        raise Invalid(
            "terms-not-offered",
            "This deposit and term are not on offer.",
            field="deposit_ratio",
            help="Choose one of the offers shown.",
        )


def offer_for(programme: Programme, *, buyer: UUID, total: int, at: datetime) -> FinanceOffer:
    """The offer of a programme to one of its seller's buyers, for an order of `total`.

    Nothing is written; the same inputs give the same offer when the order is placed.
    """
    lender, seller = programme.lender, programme.seller
    file = credit_file.build(borrower=buyer, lender=lender, seller=seller, at=at)
    decision = credit_rules.decide(file.features, programme, wanted=total)
    facility = credit.facility_of(buyer, lender=lender, seller=seller)
    if facility and facility.programme_id == programme.id:
        facility.programme = programme  # it need not be read again
    line = credit.line_of(facility, at=at) if facility else None
    grid: list[Terms] = []
    if decision.outcome != Outcome.DECLINE:
        grid = lending_rules.grid(
            total, decision.deposit_ratio, decision.rate, day_of(at), programme
        )
    return FinanceOffer(
        programme=programme,
        file=file,
        decision=decision,
        facility=facility,
        limit=line.limit if line else decision.limit,
        used=line.used if line else 0,
        held=line.held if line else 0,
        grid=tuple(grid),
    )
