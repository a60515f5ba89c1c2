"""What follows from what a pool is worth.

    follow    after each new mark: the borrower is warned, called for cash or goods, or told that
              the call is cured
    lapse     the day of a call has gone by: the lender hears that it may enforce
    is_lost   whether the lender need not wait any longer

Two persons at the lender decide on what then happens to the goods (`enforcement`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from heliu.capital.interest.days import working_day_after
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.capital.valuation import policies as valuation
from heliu.capital.valuation.events import MarginCalled, MarginCallEnded
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.facts import record
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move
from heliu.trade import pools
from heliu.trade.models import (
    CALL_MOVES,
    STANDING,
    CallStatus,
    Deal,
    MarginCall,
    Pool,
    PoolLevel,
    PoolMark,
    Step,
)
from heliu.trade.steps import remember

SYSTEM = Actor.system()
CALLED = (PoolLevel.CALL, PoolLevel.LIQUIDATION)
CALLABLE = (LoanStatus.SELLER_PAID, LoanStatus.OVERDUE)
Followed = tuple[Pool, Loan, PoolMark]


def follow(marks: Sequence[Followed], *, at: datetime) -> None:
    """Do what each new mark asks for; those that stand calm cost nothing."""
    standing = {
        one.pool_id: one
        for one in MarginCall.objects.filter(
            pool__in=[pool.pk for pool, _, _ in marks], status__in=STANDING
        )
    }
    for pool, loan, made in marks:
        call = standing.get(pool.pk)
        if call is not None:
            _look_after(call, pool, loan, made, at=at)
        elif loan.status in CALLABLE and made.level in CALLED:
            _call(pool, loan, made, at=at)
        elif made.level == PoolLevel.WARNING and pool.stands_since == at:
            _warn(pool, loan, made, at=at)


def lapse(*, at: datetime) -> int:
    """Calls whose day has gone by; returns how many. For the worker, in one transaction."""
    due = MarginCall.objects.select_for_update().filter(
        status=CallStatus.OPEN, until__lt=day_of(at)
    )
    late = list(due.select_related("pool__deal").order_by("pool__deal"))
    for call in late:
        move(call, CallStatus.LAPSED, moves=CALL_MOVES, lapsed_at=at)
        deal = call.pool.deal
        remember(deal, Step.CALL_LAPSED, key=call.number, actor=SYSTEM, at=at, call=call.number)
        _record_end(call, deal, at=at)
        for org in (call.buyer, call.lender):
            tell(
                org, "call-lapsed", {"number": deal.number, "call": call.number},
                link=link(deal), at=at,
            )  # fmt: skip
    return len(late)


def is_lost(deal: Deal) -> bool:
    """Whether a call was not cured in time, or the pool has lost so much that the lender need not
    wait for it."""
    pool = Pool.objects.filter(deal=deal).first()
    if pool is None:
        return False
    call = pools.standing_call(pool)
    if call is None:
        return False
    return call.status == CallStatus.LAPSED or pool.level == PoolLevel.LIQUIDATION


def link(deal: Deal) -> str:
    """Where a pool is read; the same address at every desk."""
    return f"/pools/{deal.number}"


def _look_after(call: MarginCall, pool: Pool, loan: Loan, made: PoolMark, *, at: datetime) -> None:
    """A call is cured at the floor; repaid or enforced, it has lost its sense."""
    if loan.status not in RUNNING or loan.status == LoanStatus.ENFORCING:
        move(call, CallStatus.ENDED, moves=CALL_MOVES, closed_at=at)
        return
    if made.value < made.floor:
        return
    move(call, CallStatus.CURED, moves=CALL_MOVES, closed_at=at)
    deal = _deal(pool)
    remember(deal, Step.CURED, key=call.number, actor=SYSTEM, at=at, call=call.number)
    _record_end(call, deal, at=at)
    for org in (pool.buyer, pool.lender):
        tell(
            org, "call-cured", {"number": deal.number, "call": call.number}, link=link(deal), at=at
        )


def _call(pool: Pool, loan: Loan, made: PoolMark, *, at: datetime) -> None:
    rules = pools.rules_of(loan)
    cure = valuation.cure_of(made.exposure, made.value, rules)
    call = MarginCall.objects.create(
        number=next_number("MC", at),
        pool=pool,
        called_at=at,
        until=working_day_after(day_of(at), rules.cure_days),
        value=made.value,
        exposure=made.exposure,
        cash=cure.cash,
        goods=cure.goods,
        buyer=pool.buyer,
        lender=pool.lender,
    )
    deal = _deal(pool)
    remember(
        deal, Step.CALLED, key=call.number, actor=SYSTEM, at=at,
        call=call.number, until=call.until, cash=cure.cash, goods=cure.goods,
    )  # fmt: skip
    record(
        MarginCalled(
            subject=call.id, number=call.number, cash=cure.cash, goods=cure.goods, until=call.until
        ),
        actor=SYSTEM,
        at=at,
        audience=[pool.buyer, pool.lender],
        deal=deal.id,
    )
    for org in (pool.buyer, pool.lender):
        tell(
            org,
            "margin-called",
            {
                "number": deal.number,
                "cash": Money(cure.cash),
                "goods": Money(cure.goods),
                "day": call.until.isoformat(),
            },
            link=link(deal),
            at=at,
        )


def _record_end(call: MarginCall, deal: Deal, *, at: datetime) -> None:
    record(
        MarginCallEnded(subject=call.id, number=call.number, outcome=call.status),
        actor=SYSTEM,
        at=at,
        audience=[call.buyer, call.lender],
        deal=deal.id,
    )


def _warn(pool: Pool, loan: Loan, made: PoolMark, *, at: datetime) -> None:
    deal = _deal(pool)
    if remember(deal, Step.WARNED, key=str(made.pk), actor=SYSTEM, at=at, percent=made.percent):
        for org in (pool.buyer, pool.lender):
            tell(
                org,
                "pool-warned",
                {"number": deal.number, "percent": str(made.percent)},
                link=link(deal),
                at=at,
            )


def _deal(pool: Pool) -> Deal:
    return Deal.objects.get(pk=pool.deal_id)
