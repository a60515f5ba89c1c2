"""Every write to returns. Whoever calls has the doors of both sides open and the deal locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F

from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.returns import policies
from heliu.commerce.returns.events import ReturnAsked, ReturnMoved
from heliu.commerce.returns.models import (
    RETURN_MOVES,
    GivenBack,
    Remedy,
    Return,
    ReturnLine,
    ReturnStatus,
)
from heliu.commerce.returns.policies import Judged
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move


def ask(
    order: Order,
    *,
    actor: Actor,
    deal: UUID,
    remedy: str,
    quantities: Mapping[int, int],
    allowance: int = 0,
    reason: str,
    case: UUID | None = None,
    marks: Mapping[int, Sequence[str]] | None = None,
    at: datetime,
) -> Return:
    """The buyer asks to give back so much of each line (position: pieces), or to keep it for less;
    `marks` are the serial numbers by position, where the goods have such.

    Raises `Invalid` for what cannot be, `Refused` (more-than-received) for more than came good and
    is not given back already.
    """
    require_side(order.buyer, "order", actor)
    if remedy not in Remedy.values:
        raise Invalid("choice-unknown", "There is no such choice.", field="remedy")
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    lines = {line.position: line for line in order.lines.all()}
    wanted = {position: n for position, n in quantities.items() if n}
    if not wanted or not set(wanted) <= set(lines) or any(n < 0 for n in wanted.values()):
        raise Invalid("nothing-to-return", "Say how much of which line.", field="quantity")
    worth = policies.value((n, lines[position].unit_price) for position, n in wanted.items())
    is_kept = remedy == Remedy.ALLOWANCE
    if is_kept and not 0 < allowance <= worth:
        raise Invalid(
            "allowance-beyond-worth",
            "What is taken off is above zero and no more than the goods cost.",
            field="allowance",
        )
    for position, quantity in sorted(wanted.items()):
        _take(order, lines[position], quantity)
    found = Return.objects.create(
        number=next_number("RT", at),
        case=case,
        buyer=order.buyer,
        seller=order.seller,
        warehouse=order.warehouse,
        order_id=order.pk,
        order_number=order.number,
        deal=deal,
        remedy=remedy,
        reason=reason.strip()[:300],
        amount=allowance if is_kept else worth,
        asked_by_name=actor.name,
        asked_at=at,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(
            of=found,
            buyer=order.buyer,
            seller=order.seller,
            position=position,
            order_line=lines[position].pk,
            sku_id=lines[position].sku_id,
            quantity=quantity,
            unit_price=lines[position].unit_price,
            marks=list((marks or {}).get(position, ())),
        )
        for position, quantity in sorted(wanted.items())
    )
    fact = ReturnAsked(
        subject=found.pk, number=found.number, order=order.pk, remedy=remedy, amount=found.amount
    )
    _say(fact, found, actor=actor, at=at)
    return found


def agree(found: Return, *, actor: Actor, at: datetime, answer: str = "") -> None:
    """The seller agrees: goods may come back."""
    _go(
        found, ReturnStatus.AGREED, actor=actor, at=at, decided_by_name=actor.name, decided_at=at,
        answer=answer.strip()[:300],
    )  # fmt: skip


def refuse(found: Return, *, actor: Actor, reason: str, at: datetime) -> None:
    """The seller says no, and why; the goods may be asked for in another return."""
    require_side(found.seller, "sell", actor)
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    _let_go(found)
    _go(
        found, ReturnStatus.REFUSED, actor=actor, at=at, decided_by_name=actor.name, decided_at=at,
        answer=reason.strip()[:300], ended_at=at,
    )  # fmt: skip


def withdraw(found: Return, *, actor: Actor, at: datetime) -> None:
    """The buyer thinks better of it before anything was sent."""
    require_side(found.buyer, "order", actor)
    _let_go(found)
    _go(found, ReturnStatus.WITHDRAWN, actor=actor, at=at, ended_at=at)


def sent(found: Return, *, actor: Actor, at: datetime) -> None:
    """The goods have left the buyer."""
    require_side(found.buyer, "order", actor)
    _go(found, ReturnStatus.SENT, actor=actor, at=at, sent_at=at)


def judge(found: Return, judged: Sequence[Judged], *, actor: Actor, at: datetime) -> int:
    """The seller's warehouse counted and judged what came; returns what is owed for it, in fen.

    Raises `Invalid` where a line is missing or a judgement cannot be.
    """
    _require_keeper(found, actor)
    lines = {line.position: line for line in found.lines.all()}
    if {one.position for one in judged} != set(lines) or len(judged) != len(lines):
        raise Invalid("count-incomplete", "Every line is to be counted.", field="good")
    for one in judged:
        line = lines[one.position]
        if not policies.fits(line, one):
            raise Invalid(
                "count-beyond-sent",
                "No more can have come than was sent, and no more counts than came.",
                field=f"good-{one.position}",
            )
        line.good, line.damaged, line.accepted = one.good, one.damaged, one.accepted
        line.missing = line.quantity - one.good - one.damaged
    ReturnLine.objects.bulk_update(lines.values(), ["good", "damaged", "missing", "accepted"])
    found.judged_by_name, found.judged_at = actor.name, at
    found.save(update_fields=["judged_by_name", "judged_at"])
    return policies.worth(list(lines.values()), judged)


def taken_as_pledged(found: Return) -> None:
    """Pledged goods were counted when they came to the keeper, and went to the seller from there:
    all of them count."""
    found.lines.update(good=F("quantity"), damaged=0, missing=0, accepted=F("quantity"))


def to_replace(found: Return, *, actor: Actor, at: datetime) -> None:
    """It was judged, and new goods are owed."""
    _go(found, ReturnStatus.JUDGED, actor=actor, at=at)


def replaced(found: Return, *, actor: Actor, at: datetime) -> None:
    """The seller sent new goods."""
    require_side(found.seller, "ship", actor)
    _go(found, ReturnStatus.REPLACING, actor=actor, at=at)


def settle(
    found: Return, *, credited: int = 0, refund: int = 0, actor: Actor, at: datetime
) -> None:
    """It is over: `credited` was given for it, of which `refund` is owed back. What was replaced is
    its buyer's as before, and may be given back again."""
    if found.remedy == Remedy.REPLACEMENT:
        for line in found.lines.order_by("order_line"):
            taken = GivenBack.objects.filter(pk=line.order_line)
            taken.update(taken=F("taken") - line.accepted)
    _go(
        found, ReturnStatus.SETTLED, actor=actor, at=at, credited=credited, refund=refund,
        ended_at=at, decided_by_name=found.decided_by_name or actor.name,
        decided_at=found.decided_at or at,
    )  # fmt: skip


def by_bank(found: Return) -> None:
    """The refund is ordered from the bank; once."""
    changed = Return.objects.filter(pk=found.pk, refund__gt=0, refund_by_bank=False)
    if not changed.update(refund_by_bank=True):
        raise Refused("refund-ordered", "The refund of %(number)s is ordered.", number=found.number)
    found.refund_by_bank = True


def bank_refused(found: Return) -> None:
    """The bank would not pay: the refund may be ordered again."""
    Return.objects.filter(pk=found.pk).update(refund_by_bank=False)


def require_side(side: UUID, permission: str, actor: Actor) -> None:
    """Whether it is the actor's side that does this, and the actor may."""
    actor.require(permission)
    if not actor.is_system and side not in actor.orgs:
        raise Forbidden("not-your-return", "This is for the other side to do.")


def _require_keeper(found: Return, actor: Actor) -> None:
    """Whoever sends the seller's goods, or keeps them, judges what comes back."""
    require_side(found.seller, "receive" if actor.may("receive") else "ship", actor)


def _take(order: Order, line: OrderLine, quantity: int) -> None:
    """Count pieces of a line as given back; the row is the line's gate, for two at once too."""
    GivenBack.objects.bulk_create(
        [
            GivenBack(
                order_line=line.pk, buyer=order.buyer, seller=order.seller, received=line.received
            )
        ],
        ignore_conflicts=True,
    )
    row = GivenBack.objects.select_for_update().get(pk=line.pk)
    if row.taken + quantity > line.received:
        raise _beyond(line, quantity)
    row.received, row.taken = line.received, row.taken + quantity
    row.save(update_fields=["received", "taken"])


def _let_go(found: Return) -> None:
    for line in found.lines.order_by("order_line"):
        GivenBack.objects.filter(pk=line.order_line).update(taken=F("taken") - line.quantity)


def _beyond(line: OrderLine, quantity: int) -> Refused:
    return Refused(
        "more-than-received",
        "Of %(goods)s %(quantity)s cannot be given back: fewer came good, or are given back"
        " already.",
        field="quantity",
        help="What came damaged or short is credited already.",
        goods=line.sku.code,
        quantity=quantity,
    )


def _go(found: Return, status: str, *, actor: Actor, at: datetime, **also: object) -> None:
    move(found, status, moves=RETURN_MOVES, **also)
    fact = ReturnMoved(
        subject=found.pk, number=found.number, status=status, credited=found.credited
    )
    _say(fact, found, actor=actor, at=at)


def _say(fact: Fact, found: Return, *, actor: Actor, at: datetime) -> None:
    record(fact, actor=actor, at=at, audience=[found.buyer, found.seller])
