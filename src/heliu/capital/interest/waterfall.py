"""Which debt a payment pays first: an order written as data, and one function that follows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Bucket(StrEnum):
    """Where a claim stands in time on the day of the payment."""

    PAST_DUE = "past-due"
    DUE = "due"
    FUTURE = "future"


class Kind(StrEnum):
    """What a claim is for."""

    COST = "cost"  # of enforcing the claim
    CUSTODY = "custody"  # of the goods that secure it
    FEE = "fee"
    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


@dataclass(frozen=True)
class Claim:
    """One thing owed: `amount` in minor units, not negative, due on `due`; `ref` is the caller's
    own name for it (a loan, an instalment)."""

    kind: Kind
    due: date
    amount: int
    ref: str = ""

    def bucket(self, on: date) -> Bucket:
        """Where the claim stands on a day."""
        if self.due < on:
            return Bucket.PAST_DUE
        return Bucket.DUE if self.due == on else Bucket.FUTURE


type Order = tuple[tuple[Bucket, Kind], ...]

# Costs, custody, fees, penalty, interest, principal: Civil Code of China, article 561, puts costs
# before interest before principal; fees and penalty stand between as contracts here agree.
KINDS = (Kind.COST, Kind.CUSTODY, Kind.FEE, Kind.PENALTY, Kind.INTEREST, Kind.PRINCIPAL)
STANDARD: Order = tuple((bucket, kind) for bucket in Bucket for kind in KINDS)
# A payment meant to free goods: what is due as ever, but of what is not yet due the principal.
PRINCIPAL_FOR_RELEASE: Order = (
    *((bucket, kind) for bucket in (Bucket.PAST_DUE, Bucket.DUE) for kind in KINDS),
    (Bucket.FUTURE, Kind.COST),
    (Bucket.FUTURE, Kind.CUSTODY),
    (Bucket.FUTURE, Kind.FEE),
    (Bucket.FUTURE, Kind.PENALTY),
    (Bucket.FUTURE, Kind.PRINCIPAL),
    (Bucket.FUTURE, Kind.INTEREST),
)


@dataclass(frozen=True)
class Waterfall:
    """The order in which claims are paid.

    `order`: (bucket, kind) from first to last; a claim whose pair is not in it is not paid.
    `oldest_due_first`: within a bucket all kinds of the oldest due day come before the next day;
    otherwise all days of a kind come before the next kind. `without_arrears`: another order that
    holds only when nothing is past due, such as `PRINCIPAL_FOR_RELEASE`.
    """

    order: Order = STANDARD
    oldest_due_first: bool = True
    without_arrears: Order | None = None

    def sort(self, claims: Iterable[Claim], on: date) -> list[Claim]:
        """The claims that may be paid on a day, first to last; equal ones as they were given."""
        claims = [claim for claim in claims if claim.amount]
        order = self.order
        if self.without_arrears and all(c.bucket(on) is not Bucket.PAST_DUE for c in claims):
            order = self.without_arrears
        place = {pair: number for number, pair in enumerate(order)}
        first: dict[Bucket, int] = {}
        for number, (bucket, _) in enumerate(order):
            first.setdefault(bucket, number)

        def key(claim: Claim) -> tuple[int, date, int] | tuple[int, date]:
            bucket = claim.bucket(on)
            at = place[bucket, claim.kind]
            return (first[bucket], claim.due, at) if self.oldest_due_first else (at, claim.due)

        return sorted((c for c in claims if (c.bucket(on), c.kind) in place), key=key)


@dataclass(frozen=True)
class Allocation:
    """What a payment paid: (claim, amount) in the order paid, and what it could not place."""

    parts: tuple[tuple[Claim, int], ...]
    unapplied: int

    def paid(self, kind: Kind) -> int:
        """The sum paid on claims of one kind."""
        return sum(amount for claim, amount in self.parts if claim.kind is kind)


def waterfall(rule: Waterfall, claims: Sequence[Claim], amount: int, *, on: date) -> Allocation:
    """Share a payment of `amount` minor units out over what is owed.

    The parts and the unapplied rest always sum to the payment, and no claim is paid beyond its
    amount. ValueError for a negative payment or claim.
    """
    if amount < 0 or any(claim.amount < 0 for claim in claims):
        raise ValueError("neither a payment nor a claim is negative")
    parts, left = [], amount
    for claim in rule.sort(claims, on):
        paid = min(left, claim.amount)
        if not paid:
            break
        parts.append((claim, paid))
        left -= paid
    return Allocation(tuple(parts), left)
