"""What is known of a borrower when it is judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CreditFeatures:
    """A borrower as the chain's own data shows it on one day. Money is fen, shares whole per cent.

    None means that nothing happened yet that could show it (no payment was ever due, say); the
    scorecard has a bin of its own for that. `monthly_value` are the last twelve months' purchases,
    oldest first. `trend` compares the last 90 days with the 90 before; `volatility` is the spread
    of the months against their mean. `seller_share` is the part of the borrower's purchases that
    goes to the seller, known only if it disclosed the others; `facility_use` the part of its limit
    in use. `clean_cycles` are loans repaid in time since the last that was not; `exposure` and
    `overdue_now` are principal.
    """

    is_verified: bool = False
    is_barred: bool = False
    tenure_days: int = 0
    orders_30: int = 0
    orders_90: int = 0
    orders_365: int = 0
    value_30: int = 0
    value_90: int = 0
    value_365: int = 0
    monthly_value: tuple[int, ...] = (0,) * 12
    trend: int | None = None
    longest_gap_days: int | None = None
    volatility: int | None = None
    seller_share: int | None = None
    payments: int = 0
    on_time: int | None = None
    mean_days_late: int | None = None
    max_days_late: int | None = None
    returns: int | None = None
    current_limit: int | None = None
    facility_use: int | None = None
    past_draws: int = 0
    clean_cycles: int = 0
    draw_to_repay_days: int | None = None
    exposure: int = 0
    overdue_now: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values for the decision record."""
        return asdict(self) | {"monthly_value": list(self.monthly_value)}
