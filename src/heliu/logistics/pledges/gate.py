"""At the gate: goods leave for a one-time code, and every try is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_noop

from heliu.kernel.access.actor import Actor
from heliu.kernel.events.facts import record
from heliu.kernel.states import move
from heliu.logistics.pledges.events import GoodsPickedUp
from heliu.logistics.pledges.models import (
    PLEDGE_MOVES,
    RELEASE_MOVES,
    CodeAttempt,
    CodeOutcome,
    Pledge,
    PledgeLine,
    PledgeStatus,
    ReleaseOrder,
    ReleaseStatus,
)
from heliu.logistics.pledges.policies import digest_of
from heliu.logistics.stock import operations as stock
from heliu.logistics.verdicts import Verdict
from heliu.logistics.warehousing import receipts

# So many wrong codes at one warehouse within so long, and the gate takes none for a while.
WRONG_CODES, WRONG_WITHIN = 10, timedelta(minutes=15)


@dataclass(frozen=True)
class PickUpVerdict(Verdict):
    """The gate's answer; the release order stands in it when the code is or was a right one."""

    release_order: ReleaseOrder | None = None


_WORDS = {
    CodeOutcome.GO: gettext_noop("Hand over %(quantity)s for release order %(number)s."),
    CodeOutcome.WRONG: gettext_noop("Stop. No goods wait under this code. Read it again."),
    CodeOutcome.EXPIRED: gettext_noop("Stop. This code has expired. The owner can renew it."),
    CodeOutcome.USED: gettext_noop("Stop. These goods were already picked up."),
    CodeOutcome.LOCKED: gettext_noop("Stop. Too many wrong codes here. Wait a quarter of an hour."),
}


def find_deal(code: str, *, actor: Actor) -> UUID | None:
    """The deal whose goods wait, or waited, under a code at the actor's gate."""
    order = _find(code, actor)
    return order.deal if order else None


def pick_up(*, actor: Actor, code: str, at: datetime) -> PickUpVerdict:
    """Hand released goods over for their code: all goods of its release order, once.

    The answer is recorded whether it is go or stop. A wrong, late, used or barred code is an
    answer, not an error. The goods leave the stock, the receipts and the pledge note it, and the
    pledge closes with the last of its goods.
    """
    actor.require("pick")
    gate = actor.own_org
    # Tries at one gate queue, so that nobody guesses codes side by side.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"gate:{gate}"])
    order = None if _is_barred(gate, at) else _find(code, actor)
    if order is not None:
        # A release locks its pledge first; so does its pick-up.
        pledge = Pledge.objects.select_for_update().get(pk=order.pledge_id)
        order = ReleaseOrder.objects.select_for_update().get(pk=order.pk)
        outcome = _judge(order, at)
        if outcome == CodeOutcome.GO:
            _hand_over(order, pledge, actor=actor, at=at)
        elif outcome == CodeOutcome.EXPIRED and order.status == ReleaseStatus.RELEASED:
            move(order, ReleaseStatus.EXPIRED, moves=RELEASE_MOVES)
    else:
        outcome = CodeOutcome.LOCKED if _is_barred(gate, at) else CodeOutcome.WRONG
    CodeAttempt.objects.create(
        custodian=gate,
        at=at,
        actor=actor.user_id,
        actor_name=actor.name,
        outcome=outcome,
        release=order,
    )
    shown = {"quantity": order.quantity, "number": order.number} if order else {}
    return PickUpVerdict(
        outcome == CodeOutcome.GO, outcome.lower(), _WORDS[outcome], shown, release_order=order
    )


def _is_barred(gate: UUID, at: datetime) -> bool:
    # Tries noted by a clock that goes before ours count too: a slow clock gives nobody more tries.
    tries = CodeAttempt.objects.filter(
        custodian=gate, outcome=CodeOutcome.WRONG, at__gt=at - WRONG_WITHIN
    )
    return tries.count() >= WRONG_CODES


def _find(code: str, actor: Actor) -> ReleaseOrder | None:
    """The order of a code at the actor's own gates."""
    orders = ReleaseOrder.objects.filter(
        custodian__in=actor.orgs, code_digest=digest_of(code, settings.SECRET_KEY)
    )
    return orders.order_by("-released_at").first()


def _judge(order: ReleaseOrder, at: datetime) -> CodeOutcome:
    if order.status == ReleaseStatus.PICKED_UP:
        return CodeOutcome.USED
    if order.status == ReleaseStatus.EXPIRED or order.code_valid_until <= at:
        return CodeOutcome.EXPIRED
    return CodeOutcome.GO


def _hand_over(order: ReleaseOrder, pledge: Pledge, *, actor: Actor, at: datetime) -> None:
    lines = list(order.lines.select_related("line"))
    stock.hand_over(
        [stock.RowQuantity(line.stock_row_id, line.quantity, line.id) for line in lines],
        key=f"picked-up:{order.id}",
        subject=order.id,
        at=at,
    )
    move(
        order,
        ReleaseStatus.PICKED_UP,
        moves=RELEASE_MOVES,
        picked_up_at=at,
        picked_up_by_name=actor.name,
    )
    for line in lines:
        line.line.picked_up += line.quantity
    PledgeLine.objects.bulk_update([line.line for line in lines], ["picked_up"])
    pledge.picked_up_quantity += order.quantity
    pledge.save(update_fields=["picked_up_quantity"])
    receipts.deliver(
        {line.line.stock_row_id: line.quantity for line in lines}, by=actor.name, at=at
    )
    everything_left = pledge.picked_up_quantity == pledge.pledged_quantity
    if pledge.status == PledgeStatus.RELEASED and everything_left:
        move(pledge, PledgeStatus.CLOSED, moves=PLEDGE_MOVES, closed_at=at)
    record(
        GoodsPickedUp(
            subject=pledge.id, number=pledge.number, release=order.number, quantity=order.quantity
        ),
        actor=actor,
        at=at,
        audience=(pledge.pledgor, pledge.pledgee, pledge.custodian, order.taker),
        deal=pledge.deal,
    )
