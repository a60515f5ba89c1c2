"""The points scorecard as tables: 600 points are odds of 50 to 1, every 20 points double them.

A characteristic is a list of bins read from the left: the first whose bound is above the value
counts; the last has no bound. `missing` are the points when the value is not known. Points rise
or fall with the value, never both, so that doing better can never cost points. The points are
expert values of ours until a lender's own outcomes replace them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from heliu.capital.credit.features import CreditFeatures

VERSION = "heliu-expert-1"
BASE = 430
ANCHOR_SCORE, ANCHOR_ODDS, POINTS_TO_DOUBLE = 600, 50, 20


@dataclass(frozen=True)
class Characteristic:
    """One factor that is scored; `code` names its reason."""

    code: str
    feature: str
    bins: tuple[tuple[int | None, int], ...]
    missing: int

    def points(self, value: int | None) -> int:
        """The points of a value."""
        if value is None:
            return self.missing
        return next(points for bound, points in self.bins if bound is None or value < bound)

    @property
    def best(self) -> int:
        """The points of the best bin."""
        return max(points for _, points in self.bins)


SCORECARD: tuple[Characteristic, ...] = (
    Characteristic(
        "SHORT_HISTORY",
        "tenure_days",
        ((30, 0), (180, 12), (365, 22), (730, 30), (None, 36)),
        0,
    ),
    Characteristic("FEW_ORDERS", "orders_90", ((1, 0), (3, 8), (6, 16), (12, 21), (None, 24)), 0),
    Characteristic("FALLING_ORDERS", "trend", ((-30, 0), (-10, 8), (10, 14), (None, 18)), 6),
    Characteristic("LONG_GAPS", "longest_gap_days", ((30, 18), (60, 14), (120, 8), (None, 0)), 0),
    Characteristic("UNEVEN_ORDERS", "volatility", ((50, 14), (100, 11), (150, 6), (None, 0)), 0),
    Characteristic("SMALL_PARTNER", "seller_share", ((20, 2), (60, 5), (None, 8)), 4),
    Characteristic("LATE_PAYMENTS", "on_time", ((70, 0), (85, 12), (95, 24), (None, 34)), 12),
    Characteristic(
        "VERY_LATE_PAYMENT", "max_days_late", ((1, 24), (8, 18), (31, 8), (None, 0)), 10
    ),
    Characteristic("RETURNS", "returns", ((2, 18), (5, 14), (10, 8), (None, 0)), 12),
    Characteristic("LIMIT_USED_UP", "facility_use", ((50, 14), (75, 11), (95, 6), (None, 0)), 10),
    Characteristic(
        "FEW_CLEAN_CYCLES", "clean_cycles", ((1, 0), (2, 8), (3, 12), (6, 20), (None, 26)), 0
    ),
    Characteristic(
        "SLOW_REPAYMENT", "draw_to_repay_days", ((45, 12), (75, 10), (100, 6), (None, 0)), 6
    ),
)
BY_CODE = {one.code: one for one in SCORECARD}


@dataclass(frozen=True)
class Scored:
    """A score and where its points were lost, most first."""

    score: int
    lost: tuple[tuple[str, int], ...]


def score(features: CreditFeatures) -> Scored:
    """Add up the points, and what each factor lost against its best bin."""
    total, lost = BASE, []
    for one in SCORECARD:
        points = one.points(getattr(features, one.feature))
        total += points
        if points < one.best:
            lost.append((one.code, one.best - points))
    lost.sort(key=lambda item: (-item[1], item[0]))
    return Scored(total, tuple(lost))


def default_probability(points: int) -> Decimal:
    """Probability (0..1, six places) of not paying within a year, by the scale of the scorecard."""
    with localcontext(prec=28):
        doublings = Decimal(points - ANCHOR_SCORE) / POINTS_TO_DOUBLE
        odds = ANCHOR_ODDS * Decimal(2) ** doublings
        return (1 / (1 + odds)).quantize(Decimal("0.000001"))
