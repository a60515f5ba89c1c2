"""Every write to cases. Whoever calls has the doors of both sides open (`trade/cases.py`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.commerce.cases import policies, queries
from heliu.commerce.cases.events import CaseMoved, CaseOpened
from heliu.commerce.cases.models import CASE_MOVES, Case, CaseKind, CaseStatus, ServiceLevel
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.numbering import next_number
from heliu.kernel.states import move


def set_level(
    *,
    actor: Actor,
    answer_hours: int,
    solve_hours: int,
    at: datetime,
    quiet_days: int | None = policies.QUIET_DAYS,
) -> ServiceLevel:
    """How soon the actor's house promises to answer and to solve; cases there are keep theirs. A
    case in which nobody says anything for `quiet_days` closes by itself; None: none does."""
    actor.require("sell")
    require_hours(answer_hours, solve_hours)
    if quiet_days is not None and not 1 <= quiet_days <= policies.MOST_QUIET:
        raise Invalid(
            "days-invalid", "The days are from 1 to %(most)s.", field="quiet_days",
            most=policies.MOST_QUIET,
        )  # fmt: skip
    level, _ = ServiceLevel.objects.update_or_create(
        seller=actor.own_org,
        defaults={
            "answer_hours": answer_hours,
            "solve_hours": solve_hours,
            "quiet_days": quiet_days,
            "set_by_name": actor.name,
            "set_at": at,
        },
    )
    return level


def require_hours(answer_hours: int, solve_hours: int) -> None:
    """Hours that may be promised: an answer, then the solution (`Invalid`)."""
    if not 1 <= answer_hours <= solve_hours <= policies.MOST_HOURS:
        raise Invalid(
            "hours-invalid",
            "The hours are from 1 to %(most)s, and an answer comes before the solution.",
            field="answer_hours",
            most=policies.MOST_HOURS,
        )


def open_case(
    order: Order,
    *,
    actor: Actor,
    deal: UUID,
    kind: str,
    line: OrderLine | None,
    quantity: int | None,
    serial: str,
    at: datetime,
) -> Case:
    """The buyer opens a case about an order, or a line of it.

    Raises `Invalid` for a kind that is none and for more goods than the line has.
    """
    _require_side(order.buyer, "order", actor)
    if kind not in CaseKind.values:
        raise Invalid("choice-unknown", "There is no such choice.", field="kind")
    if line is not None and line.order_id != order.pk:
        raise NotFound()
    if quantity is not None and (line is None or not 0 < quantity <= line.quantity):
        raise Invalid(
            "quantity-beyond-line", "The line of the order has fewer pieces.", field="quantity"
        )
    level = queries.level_of(order.seller, order.buyer)
    answer_due = policies.due(at, level.answer_hours)
    case = Case.objects.create(
        number=next_number("CS", at),
        buyer=order.buyer,
        seller=order.seller,
        order_id=order.pk,
        order_number=order.number,
        deal=deal,
        order_line=line.pk if line else None,
        sku_id=line.sku_id if line else None,
        quantity=quantity,
        serial=" ".join(serial.split())[:60],
        kind=kind,
        opened_by=actor.user_id,
        opened_by_name=actor.name,
        opened_at=at,
        moved_at=at,
        answer_due=answer_due,
        solve_due=policies.due(at, level.solve_hours),
        tier=level.tier,
        remind_at=policies.reminder(at, answer_due),
    )
    fact = CaseOpened(subject=case.pk, number=case.number, order=order.pk, kind=kind)
    _say(fact, case, actor=actor, at=at)
    return case


def heard(case_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Somebody of a side wrote: the first word of the seller is its answer, and the turn passes.
    One that closed by itself is opened again by its customer's answer."""
    case = Case.objects.select_for_update().get(pk=case_id)
    by_seller = case.seller in actor.orgs
    case.moved_at = at
    if by_seller and case.answered_at is None:
        case.answered_at, case.remind_at = at, policies.reminder(at, case.solve_due)
    case.save(update_fields=["answered_at", "moved_at", "remind_at"])
    status = policies.after_message(case.status, by_seller=by_seller, is_quiet=case.is_quiet)
    if status == case.status:
        return
    if status == CaseStatus.REOPENED:
        _open_again(case, actor=actor, at=at)
    else:
        _go(case, status, actor=actor, at=at)


def reminded(case: Case, *, at: datetime) -> bool:
    """Its seller is reminded of what it promised next: once while there is time, and once when it
    is broken. Whether it is broken."""
    is_broken = at >= case.due
    case.remind_at = None if is_broken else case.due
    case.save(update_fields=["remind_at"])
    return is_broken


def solve(case: Case, *, actor: Actor, at: datetime) -> None:
    """The seller says that it is solved; that is an answer too."""
    _require_side(case.seller, "sell", actor)
    _go(
        case,
        CaseStatus.SOLVED,
        actor=actor,
        at=at,
        solved_at=at,
        answered_at=case.answered_at or at,
    )


def close(case: Case, *, actor: Actor, at: datetime) -> None:
    """Either side says that there is nothing more to do."""
    if not actor.is_system and not {case.buyer, case.seller} & set(actor.orgs):
        raise NotFound()
    _go(case, CaseStatus.CLOSED, actor=actor, at=at, closed_at=at, solved_at=case.solved_at or at)


def reopen(case: Case, *, actor: Actor, at: datetime) -> None:
    """The customer says that it is not solved; the seller has the same time again."""
    _require_side(case.buyer, "order", actor)
    _open_again(case, actor=actor, at=at)


def close_quiet(case: Case, *, at: datetime) -> None:
    """Nobody has said anything for long: it is over, until its customer answers."""
    _go(
        case, CaseStatus.CLOSED, actor=Actor.system(), at=at, closed_at=at, is_quiet=True,
        solved_at=case.solved_at or at,
    )  # fmt: skip


def _open_again(case: Case, *, actor: Actor, at: datetime) -> None:
    level = queries.level_of(case.seller, case.buyer)
    answer_due = policies.due(at, level.answer_hours)
    _go(
        case, CaseStatus.REOPENED, actor=actor, at=at, solved_at=None, closed_at=None,
        answered_at=None, is_quiet=False, reopened=case.reopened + 1, tier=level.tier,
        answer_due=answer_due, solve_due=policies.due(at, level.solve_hours),
        remind_at=policies.reminder(at, answer_due),
    )  # fmt: skip


def _go(case: Case, status: str, *, actor: Actor, at: datetime, **also: object) -> None:
    move(case, status, moves=CASE_MOVES, moved_at=at, **also)
    fact = CaseMoved(subject=case.pk, number=case.number, status=status)
    _say(fact, case, actor=actor, at=at)


def _say(fact: Fact, case: Case, *, actor: Actor, at: datetime) -> None:
    record(fact, actor=actor, at=at, audience=[case.buyer, case.seller])


def _require_side(side: UUID, permission: str, actor: Actor) -> None:
    actor.require(permission)
    if not actor.is_system and side not in actor.orgs:
        raise Forbidden("not-your-case", "This is for the other side to do.")
