"""What the turn of the day brings: interest, due dates, arrears, reminders of what is owed on
terms, codes and quotes that ran out, and the comparison of ended days with the bank's statements.

Loans are closed in sets, a short transaction each. A deal that somebody is at is passed over and
closed by itself afterwards; one that stays in somebody's hands waits for the next close. Whatever a
set has done is done, so a close that was cut off is gone on with by running it again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import batched
from typing import TypedDict
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from psycopg.errors import LockNotAvailable

from heliu.capital.lending import operations as lending
from heliu.capital.lending import queries as loans
from heliu.capital.lending.models import Loan
from heliu.commerce.ordering.models import Order
from heliu.commerce.spending import operations as spending
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.clock import day_of
from heliu.kernel.events.notices import Parameter, Told, tell_all
from heliu.kernel.money import Money
from heliu.logistics.pledges.operations import codes
from heliu.trade import (
    cases,
    changing,
    deals,
    dunning,
    exchange,
    freezing,
    incoming,
    oversight_reports,
    paying_in,
    pool_rounds,
    purchases,
    quoting,
    registration,
    ship_by,
)
from heliu.trade.financed_order.setting_off import pay_bill
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.reconcile_days import reconcile_days
from heliu.trade.steps import locked, locked_all, remember_all
from heliu.trade.sweeper import sweep

SYSTEM = Actor.system()
SOON = timedelta(days=3)
SET = 500  # loans closed in one transaction: long enough to be cheap, short for who waits for one
PATIENCE = "2s"  # for one deal that somebody is at


class Said(TypedDict):
    """What a deal remembers of a due day: when it is, and what was owed, in minor units."""

    due_on: date
    owed: int


def close_of_day(*, at: datetime, hands: int = 1) -> int:
    """Bring every running loan up to today; returns how many were brought.

    Safe to run at any time and again: interest is posted as what is due to date less what was
    posted, and each notice and step is written once. With more `hands` than one, sets are closed
    side by side on connections of their own, so that one reckons while PostgreSQL writes another.
    """
    waiting = _waiting(day_of(at))
    closed = _close_sets(waiting, at=at, hands=hands)
    closed.update(deal for deal in waiting if deal not in closed and _close_one(deal, at=at))
    ship_by.call_on_duty(at=at)
    pool_rounds.revalue_all(at=at)
    incoming.take_in(at=at)
    paying_in.run_out(at=at)
    dunning.dun(at=at)
    registration.register_missing(at=at)
    registration.renew_due(at=at)
    sweep(at=at)
    codes.expire_codes(at=at)
    with transaction.atomic():
        purchases.expire(at=at)
        quoting.expire(at=at)
        changing.expire(at=at)
        cases.close_quiet(at=at)
        spending.roll_over(at=at)
    approvals.expire(at=at)
    with transaction.atomic():
        exchange.run_out(at=at)
        freezing.run_out(at=at)
    with transaction.atomic():
        reconcile_days(at=at)
    with transaction.atomic():
        oversight_reports.keep_days(at=at)
    return len(closed)


def _waiting(today: date) -> list[UUID]:
    """The deals whose loan the day changes, or whose dealer is not told yet that it is due soon."""
    told = DealStep.objects.filter(deal=OuterRef("deal"), step=Step.DUE_SOON)
    untold = loans.due_between(today, today + SOON).exclude(Exists(told))
    behind = loans.to_close(on=today)
    return sorted({*behind.values_list("deal", flat=True), *untold.values_list("deal", flat=True)})


def _close_sets(waiting: Sequence[UUID], *, at: datetime, hands: int) -> set[UUID]:
    """Close whatever nobody is at, set by set; the deals that were closed."""
    sets = batched(waiting, SET)
    if hands == 1:
        return {deal for some in sets for deal in _close_free(some, at=at)}

    def close(some: Sequence[UUID]) -> list[UUID]:
        try:
            return _close_free(some, at=at)
        finally:
            connection.close()  # each hand has its own

    with ThreadPoolExecutor(hands) as pool:
        return {deal for closed in pool.map(close, sets) for deal in closed}


def _close_free(deal_ids: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """Close those that nobody is at."""
    with transaction.atomic():
        free = locked_all(deal_ids)
        _bring_up_to_date(free, at=at)
    return free


def _close_one(deal_id: UUID, *, at: datetime) -> bool:
    """Close a deal that was passed over, if whoever is at it is done soon."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [PATIENCE])
            _bring_up_to_date([locked(deal_id).pk], at=at)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return False
    return True


def _bring_up_to_date(deal_ids: Collection[UUID], *, at: datetime) -> None:
    """Interest up to today, then who is late, whose bill is due and who is to pay soon, of locked
    deals."""
    today, running = day_of(at), lending.locked(deal_ids)
    lending.accrue(running, until=today, at=at)
    late = lending.mark_overdue(running, on=today, at=at)
    soon = [loan for loan in running if loan.due_on - SOON <= today <= loan.due_on]
    _pay_bills([loan for loan in running if loan.is_promised and loan.due_on <= today], at=at)
    _tell(Step.OVERDUE, "loan-overdue", late, at=at)
    _tell(Step.DUE_SOON, "loan-due", soon, at=at)


def _pay_bills(due: Sequence[Loan], *, at: datetime) -> None:
    """Bills are few on a day, so each is paid by itself."""
    for loan in due:
        pay_bill(Deal.objects.get(pk=loan.deal), loan, at=at)


def _tell(step: Step, kind: str, concerned: Sequence[Loan], *, at: datetime) -> None:
    """Remember the step once in each deal, and tell its dealer what is owed and since when."""
    if not concerned:
        return
    owed = lending.owed_all(concerned, on=day_of(at))
    by_deal = {loan.deal: loan for loan in concerned}
    said: dict[Deal, Said] = {
        deal: {"due_on": by_deal[deal.pk].due_on, "owed": owed[by_deal[deal.pk].id].total}
        for deal in Deal.objects.filter(pk__in=by_deal).order_by("pk")
    }
    new = remember_all(said, step, actor=SYSTEM, at=at)
    orders = Order.objects.filter(pk__in=[deal.order_id for deal in new])
    numbers = dict(orders.values_list("pk", "number"))
    tell_all(
        kind,
        [_notice(deal, numbers.get(deal.order_id, deal.number), said[deal]) for deal in new],
        at=at,
    )


def _notice(deal: Deal, number: str, said: Said) -> Told:
    params: dict[str, Parameter] = {
        "amount": Money(said["owed"]),
        "number": number,
        "due": said["due_on"].isoformat(),
    }
    return Told(deal.buyer, params, deals.link(deal))
