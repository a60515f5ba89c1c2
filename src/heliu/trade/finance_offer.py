"""What lenders would offer a buyer for one order, worked out from the chain's own data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from heliu.capital.credit import policies as credit_rules
from heliu.capital.credit import queries as credit
from heliu.capital.credit import ruling
from heliu.capital.credit.models import Cap, Facility, FacilityStatus, Outcome, Programme, RuleSet
from heliu.capital.credit.policies import Reason
from heliu.capital.credit.rules import Rules
from heliu.capital.lending.policies import offering
from heliu.capital.lending.policies.offering import Terms
from heliu.information.credit_file import queries as credit_file
from heliu.information.credit_file.queries import CreditFile
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import Balance


@dataclass(frozen=True)
class FinanceOffer:
    """A programme's answer to one order. Amounts in minor units.

    `limit`, `used` and `held` are the buyer's facility as it stands, or as it would be granted;
    `room` is what the lender's quotas and caps leave beside it (None: it has none), of which the
    buyer is not told how much; `quota` is the lender's for the seller. `file` is the buyer's under
    this programme. `grid` has every deposit and term on offer, empty when the answer is
    no, or when an order of this size can have no terms here (`refusal` says why). `version` is the
    lender's own rules that judged (None: those of the house).
    """

    programme: Programme
    file: CreditFile
    decision: credit_rules.Decision
    rules: Rules
    version: RuleSet | None
    facility: Facility | None
    limit: int
    used: int
    held: int
    room: int | None
    quota: int | None
    grid: tuple[Terms, ...]
    refusal: Refused | None = None

    @property
    def lender(self) -> UUID:
        """Whose money it is."""
        return self.programme.lender

    @property
    def free(self) -> int:
        """What can still be drawn on the facility."""
        return max(0, self.limit - self.used - self.held)

    def carries(self, terms: Terms) -> bool:
        """Whether limit, quotas and caps reach for these terms; a person who decides may grant more
        limit, but passes no cap either."""
        has_limit = self.is_referred or terms.draws <= self.free
        return has_limit and (self.room is None or terms.draws <= self.room)

    @property
    def is_declined(self) -> bool:
        """Whether the answer is no."""
        return self.decision.outcome == Outcome.DECLINE

    @property
    def is_referred(self) -> bool:
        """Whether a person at the bank decides first."""
        return self.decision.outcome == Outcome.REFER

    @property
    def reasons(self) -> list[Reason]:
        """Why the terms are not better, or why not at all, as far as the lender's rules let the
        buyer be told."""
        return [one for one in self.decision.reasons if self.rules.tells(one.code)]

    @property
    def closed(self) -> str:
        """Why it cannot be taken, as a code of `ways.CLOSED`; empty when it can."""
        if self.is_declined:
            return "declined"
        if self.facility is not None and not self._takes_loans(self.facility):
            return "limit-closed"
        if self.refusal is not None:
            return "no-offer"
        if any(self.carries(terms) for terms in self.grid):
            return ""
        has_limit = self.is_referred or any(terms.draws <= self.free for terms in self.grid)
        return "no-room" if has_limit else "limit-short"

    def _takes_loans(self, facility: Facility) -> bool:
        is_valid = facility.valid_to >= day_of(self.file.at)
        return is_valid and facility.status == FacilityStatus.ACTIVE

    @property
    def recommended(self) -> Terms | None:
        """The lowest deposit that the free limit still carries, for the shortest term."""
        return self.best()

    def best(self, days: int | None = None) -> Terms | None:
        """The lowest deposit that can be carried, for this term where it is on offer, else for the
        shortest."""
        if self.closed:
            return None
        fits = [terms for terms in self.grid if self.carries(terms)]
        fits = [terms for terms in fits if terms.days == days] or fits
        return min(fits, key=lambda terms: (terms.deposit_ratio, terms.days), default=None)

    def find(self, deposit_ratio: Decimal | None, days: int | None) -> Terms | None:
        """The first of the grid with this deposit and term, where given."""
        return next(
            (
                terms
                for terms in self.grid
                if deposit_ratio in (None, terms.deposit_ratio) and days in (None, terms.days)
            ),
            None,
        )

    def terms(self, deposit_ratio: Decimal | None, days: int | None) -> Terms:
        """The offer with this deposit and term, or the recommended one; refuses any other."""
        if deposit_ratio is None and days is None and self.recommended is not None:
            return self.recommended
        if self.refusal is not None:
            raise self.refusal
        found = self.find(deposit_ratio, days)
        if found is not None:
            return found
        raise Invalid(
            "terms-not-offered",
            "This deposit and term are not on offer.",
            field="deposit_ratio",
            help="Choose one of the offers shown.",
        )


def offers_for(
    programmes: Sequence[Programme], *, buyer: UUID, seller: UUID, total: int, at: datetime
) -> list[FinanceOffer]:
    """What each of a seller's programmes offers to one of its buyers, for an order of `total`.

    However many lenders there are, each kind of fact is asked for once. Nothing is written; the
    same inputs give the same offers when the order is placed.
    """
    lenders = list(dict.fromkeys(one.lender for one in programmes))
    files = credit_file.build_all(borrower=buyer, lenders=lenders, seller=seller, at=at)
    facilities = credit.facilities_of(buyer, [one.pk for one in programmes])
    caps = credit.caps_over(buyer, seller=seller, lenders=lenders)
    versions = ruling.in_force(lenders, day_of(at))
    accounts = [one.account for one in facilities.values()]
    accounts += [cap.account for found in caps.values() for cap in found]
    stands = posting.balances(accounts, at=at) if accounts else {}
    return [
        _offer(
            programme,
            files[programme.lender],
            versions.get(programme.lender),
            facilities.get(programme.pk),
            caps.get(programme.lender, ()),
            stands,
            total,
            at,
        )
        for programme in programmes
    ]


def _room(caps: Sequence[Cap], stands: dict[int, Balance]) -> int | None:
    """What the tightest of a lender's quotas and caps leaves."""
    left = [_free(cap, stands[cap.account]) for cap in caps]
    return min(left, default=None)


def _free(cap: Cap, stand: Balance) -> int:
    return max(0, cap.limit - stand.posted - stand.held_in)


def _offer(
    programme: Programme,
    file: CreditFile,
    version: RuleSet | None,
    facility: Facility | None,
    caps: Sequence[Cap],
    stands: dict[int, Balance],
    total: int,
    at: datetime,
) -> FinanceOffer:
    rules = ruling.read(version)
    stand = stands[facility.account] if facility else None
    file = credit_file.under(file, stand.ceiling if stand else None, stand.posted if stand else 0)
    quota = credit.quota_of(caps)
    decision = credit_rules.decide(file.features, programme, wanted=total, quota=quota, rules=rules)
    grid, refusal = _grid(decision, total, programme, at)
    return FinanceOffer(
        programme=programme,
        file=file,
        decision=decision,
        rules=rules,
        version=version,
        facility=facility,
        limit=(stand.ceiling or 0) if stand else decision.limit,
        used=stand.posted if stand else 0,
        held=stand.held_in if stand else 0,
        room=_room(caps, stands),
        quota=quota,
        grid=tuple(grid),
        refusal=refusal,
    )


def _grid(
    decision: credit_rules.Decision, total: int, programme: Programme, at: datetime
) -> tuple[list[Terms], Refused | None]:
    """Every deposit and term on offer; or why this programme has none for such an order, which
    closes no other lender's."""
    if decision.outcome == Outcome.DECLINE:
        return [], None
    try:
        ratio, rate = decision.deposit_ratio, decision.rate
        return offering.grid(total, ratio, rate, day_of(at), programme), None
    except Refused as refusal:
        return [], refusal
