"""What the file is made from, as plain rows, and the figures worked out of it: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isqrt
from uuid import UUID

from heliu.capital.credit.features import CreditFeatures
from heliu.kernel.clock import day_of

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """Who the borrower is; `since`: when it began to trade here, `limit`: the limit granted."""

    is_active: bool
    since: date | None
    is_disclosed: bool
    limit: int | None


@dataclass(frozen=True)
class OrderSeen:
    """An order; `lost` is the price of what arrived damaged or not at all."""

    number: str
    seller: UUID
    placed_at: datetime
    total: int
    is_completed: bool
    lost: int


@dataclass(frozen=True)
class BillSeen:
    """A bill that was paid."""

    number: str
    due_on: date
    paid_on: date
    amount: int

    @property
    def days_late(self) -> int:
        """Days after the due day; 0 when in time."""
        return max(0, (self.paid_on - self.due_on).days)


@dataclass(frozen=True)
class LoanSeen:
    """A loan; `paid_off_on` is None while something is owed. `payments` are (value day, fen)."""

    number: str
    disbursed_on: date
    due_on: date
    grace_days: int
    principal: int
    repaid: int
    paid_off_on: date | None
    payments: tuple[tuple[date, int], ...] = ()

    @property
    def left(self) -> int:
        """Principal still owed."""
        return self.principal - self.repaid

    @property
    def is_clean(self) -> bool:
        """Paid off by the last day of grace."""
        return self.paid_off_on is not None and self.paid_off_on <= self.last_day

    @property
    def last_day(self) -> date:
        """The last day on which paying was still in time."""
        return self.due_on + timedelta(days=self.grace_days)

    @property
    def days_late(self) -> int:
        """Days from the due day to paying off, if that was after the days of grace."""
        if self.paid_off_on is None or self.is_clean:
            return 0
        return (self.paid_off_on - self.due_on).days


@dataclass(frozen=True)
class Evidence:
    """All rows of one file. `elsewhere` are orders from other sellers, only if disclosed."""

    standing: Standing
    orders: Sequence[OrderSeen]
    elsewhere: Sequence[OrderSeen]
    bills: Sequence[BillSeen]
    loans: Sequence[LoanSeen]


def features_of(evidence: Evidence, *, at: datetime) -> CreditFeatures:
    """The features at a moment."""
    today = day_of(at)
    orders, loans = evidence.orders, evidence.loans
    late = [bill.days_late for bill in evidence.bills]
    late += [loan.days_late for loan in loans if loan.paid_off_on]
    paid_off = [loan for loan in loans if loan.paid_off_on]
    exposure = sum(loan.left for loan in loans)
    limit = evidence.standing.limit
    months = _windows(orders, at, 12)
    year = _since(orders, at, 365)
    return CreditFeatures(
        is_verified=evidence.standing.is_active and evidence.standing.since is not None,
        tenure_days=_tenure(evidence, today),
        orders_30=len(_since(orders, at, 30)),
        orders_90=len(_since(orders, at, 90)),
        orders_365=len(year),
        value_30=_value(_since(orders, at, 30)),
        value_90=_value(_since(orders, at, 90)),
        value_365=_value(year),
        monthly_value=tuple(months),
        trend=_trend(orders, at),
        longest_gap_days=_longest_gap(year, today),
        volatility=_volatility(months),
        seller_share=_seller_share(evidence, at),
        payments=len(late),
        on_time=sum(1 for days in late if not days) * 100 // len(late) if late else None,
        mean_days_late=sum(late) // len(late) if late else None,
        max_days_late=max(late, default=None),
        returns=_returns(year),
        current_limit=limit,
        facility_use=min(999, exposure * 100 // limit) if limit else None,
        past_draws=len(loans),
        clean_cycles=_clean_cycles(paid_off),
        draw_to_repay_days=_mean_days(paid_off),
        exposure=exposure,
        overdue_now=sum(loan.left for loan in loans if today > loan.last_day),
    )


def _since(orders: Sequence[OrderSeen], at: datetime, days: int) -> list[OrderSeen]:
    start = at - timedelta(days=days)
    return [order for order in orders if order.placed_at > start]


def _value(orders: Sequence[OrderSeen]) -> int:
    return sum(order.total for order in orders)


def _windows(orders: Sequence[OrderSeen], at: datetime, count: int) -> list[int]:
    """Purchases in the last `count` stretches of 30 days, the oldest first."""
    values = [0] * count
    for order in orders:
        age = (at - order.placed_at) // WINDOW
        if age < count:
            values[count - 1 - age] += order.total
    return values


def _tenure(evidence: Evidence, today: date) -> int:
    begun = [evidence.standing.since] if evidence.standing.since else []
    begun += [day_of(order.placed_at) for order in evidence.orders[:1]]
    return (today - min(begun)).days if begun else 0


def _trend(orders: Sequence[OrderSeen], at: datetime) -> int | None:
    """Per cent by which the last 90 days differ from the 90 before; None without a before."""
    last = _value(_since(orders, at, 90))
    before = _value(_since(orders, at, 180)) - last
    return (last - before) * 100 // before if before else None


def _longest_gap(orders: Sequence[OrderSeen], today: date) -> int | None:
    """The longest stretch of days without an order, up to today."""
    days = sorted({day_of(order.placed_at) for order in orders})
    if not days:
        return None
    return max((later - day).days for day, later in zip(days, [*days[1:], today], strict=True))


def _volatility(months: Sequence[int]) -> int | None:
    """Standard deviation of the months since the first purchase, per cent of their mean."""
    first = next((n for n, value in enumerate(months) if value), len(months))
    values = months[first:]
    if len(values) < 3:
        return None
    total, count = sum(values), len(values)
    spread = count * sum(value * value for value in values) - total * total
    return isqrt(spread * 10_000) // total


def _seller_share(evidence: Evidence, at: datetime) -> int | None:
    if not evidence.standing.is_disclosed:
        return None
    here = _value(_since(evidence.orders, at, 365))
    everywhere = here + _value(_since(evidence.elsewhere, at, 365))
    return here * 100 // everywhere if everywhere else None


def _returns(orders: Sequence[OrderSeen]) -> int | None:
    done = [order for order in orders if order.is_completed]
    return sum(order.lost for order in done) * 100 // max(1, _value(done)) if done else None


def _clean_cycles(paid_off: Sequence[LoanSeen]) -> int:
    """Loans paid off in time since the last that was late."""
    count = 0
    for loan in sorted(paid_off, key=lambda loan: loan.paid_off_on or date.min, reverse=True):
        if not loan.is_clean:
            break
        count += 1
    return count


def _mean_days(paid_off: Sequence[LoanSeen]) -> int | None:
    days = [(loan.paid_off_on - loan.disbursed_on).days for loan in paid_off if loan.paid_off_on]
    return sum(days) // len(days) if days else None
