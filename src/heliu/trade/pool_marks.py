"""Valuing pools anew: after every step that moves goods, money or prices, and when a day ends.

A mark is what a pool was worth and what rested on it; only one that says something new is written.
What the lender may lend against is kept in its memo accounts. What follows from a mark (a warning,
a call, a cure) is told in `margin_calls`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.capital.lending.policies.debt import Owed
from heliu.capital.valuation import policies as valuation
from heliu.capital.valuation.policies import Level
from heliu.kernel.clock import day_of
from heliu.trade import margin_calls, pools
from heliu.trade.models import Deal, MarkCause, Pool, PoolLevel, PoolMark
from heliu.trade.pools import Pooled

TO_REST_ON_IT = (LoanStatus.AWAIT_GOODS, LoanStatus.DISBURSING)
FIGURES = ("worth", "value", "exposure", "floor", "level")


def mark(deals: Collection[Deal], cause: MarkCause, *, at: datetime) -> list[PoolMark]:
    """Value the pools of locked deals anew, in a fixed number of statements however many they are;
    returns the marks that say something new."""
    found = {pool.deal_id: pool for pool in Pool.objects.filter(deal__in=deals)}
    loans = list(Loan.objects.filter(deal__in=[deal.pk for deal in deals]))
    contents = pools.pooled(loans, at)
    owed = lending.owed_all(loans, day_of(at))
    said = [
        (found[loan.deal], loan, _mark(found[loan.deal], loan, contents[loan.deal],
                                       owed[loan.pk], cause, at))
        for loan in loans
    ]  # fmt: skip
    news = [one for one in said if _is_news(*one)]
    marks = PoolMark.objects.bulk_create([made for _, _, made in news])
    lending.pools_revalued(
        [(loan, made.value - pool.value, str(made.pk)) for pool, loan, made in news], at=at
    )
    for pool, _, made in news:
        _show(pool, made, at)
    Pool.objects.bulk_update([pool for pool, _, _ in news], [*FIGURES, "marked_at", "stands_since"])
    margin_calls.follow([(pool, loan, made) for pool, loan, made in news], at=at)
    return marks


def valued_anew(deal: Deal, cause: MarkCause, *, at: datetime) -> None:
    """The same for one locked deal, whatever it is: only a loan against stock has a pool."""
    if deal.is_stock:
        mark([deal], cause, at=at)


def exposure_of(loan: Loan, owed: Owed) -> int:
    """All that rests on a pool, in fen: what is owed, or what is to be paid out against it."""
    return loan.principal if loan.status in TO_REST_ON_IT else owed.total


def _mark(
    pool: Pool, loan: Loan, content: Pooled, owed: Owed, cause: MarkCause, at: datetime
) -> PoolMark:
    counted = content.valued(at)
    exposure = exposure_of(loan, owed)
    level = valuation.level_of(exposure, counted.value, content.rules)
    if counted.is_blind and level != Level.COVERED:
        level = Level.WARNING  # that nobody quotes a price calls nobody; the lender brings one
    return PoolMark(
        pool=pool,
        at=at,
        cause=cause,
        worth=counted.worth,
        value=counted.value,
        exposure=exposure,
        floor=valuation.floor_of(exposure, content.rules),
        # Nobody is called for a loan that is not paid out, or is being enforced.
        level=level if loan.status in RUNNING else PoolLevel.COVERED,
        before=pool.value,
        buyer=pool.buyer,
        lender=pool.lender,
    )


def _is_news(pool: Pool, loan: Loan, made: PoolMark) -> bool:
    """A day's interest alone is told once a day, anything else at once."""
    if made.cause != MarkCause.PRICED or pool.marked_at is None:
        return True
    is_another = any(getattr(pool, name) != getattr(made, name) for name in FIGURES)
    is_of_today = day_of(pool.marked_at) == day_of(made.at)
    return is_another or (not is_of_today and loan.status in RUNNING)


def _show(pool: Pool, made: PoolMark, at: datetime) -> None:
    if pool.level != made.level or pool.stands_since is None:
        pool.stands_since = at
    for name in FIGURES:
        setattr(pool, name, getattr(made, name))
    pool.marked_at = at
