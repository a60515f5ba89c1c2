"""Orders that come back by themselves: the worker places what is due, as any order is placed.

Each day of a plan is one transaction, written down once whatever becomes of it. Whoever set the
plan up must still be allowed to order. Where others of the house must agree they are asked, and the
last yes orders; what else refuses an order at a page refuses it here, and the buyer is told why and
what would help.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import override

from heliu.commerce.lists import operations as lists
from heliu.commerce.lists import queries
from heliu.commerce.lists.models import ListLine, RecurringOrder, RecurringStatus, RunStatus
from heliu.commerce.ordering.parts import evenly
from heliu.commerce.spending.operations import APPROVAL_NEEDED
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.models import User
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.parties.names import Names
from heliu.trade import place_order, purchases


def place_due(*, at: datetime) -> int:
    """Order everything whose day has come; returns how many days were dealt with."""
    met = 0
    for recurring in queries.due(day_of(at)):
        with transaction.atomic():
            met += _turn(recurring, at)
    return met


def _turn(recurring_id: UUID, at: datetime) -> bool:
    """One due day of one plan; False when somebody else was here or it was put off meanwhile."""
    found = lists.locked(recurring_id)
    due_on = found.next_on
    if found.status != RecurringStatus.ACTIVE or due_on is None or due_on > day_of(at):
        return False
    try:
        number = _placed_or_asked(found, due_on, at)
    except Refused as refusal:
        _failed(found, due_on, refusal, at)
        return True
    if number is None:
        return True
    lists.note_run(found, due_on, status=RunStatus.ORDERED, order_number=number, at=at)
    tell(
        found.buyer,
        "recurring-ordered",
        {"list": found.list.name, "number": number},
        link=link(found.pk),
        at=at,
    )
    return True


def _placed_or_asked(found: RecurringOrder, due_on: date, at: datetime) -> str | None:
    """The number of the order; None where others are asked first, and tell by their request."""
    wish = _wish(found, due_on, at)
    try:
        with transaction.atomic():
            return place_order.place(**wish).order.number
    except Refused as refusal:
        if refusal.code != APPROVAL_NEEDED:
            raise
    with transaction.atomic():
        asked = purchases.ask(**wish, reason=found.list.name)
    lists.note_run(found, due_on, status=RunStatus.ASKED, order_number=asked.number, at=at)
    return None


def _wish(found: RecurringOrder, due_on: date, at: datetime) -> dict[str, Any]:
    after = found.wished_after
    first = None if after is None else day_of(at) + timedelta(days=after)
    lines = list(found.list.lines.select_related("sku"))
    return {
        "actor": _whoever_set(found),
        "seller": found.seller,
        "lines": [(line.sku_id, line.quantity) for line in lines],
        "line_parts": _parts(found, lines, first, day_of(at)),
        "pay_by": found.pay_by,
        "remark": found.remark or found.list.name,
        # One order a day of the plan, and the database holds it.
        "external_id": f"R-{found.pk.hex[-12:]}-{due_on.isoformat()}",
        "wanted_on": first,
        "address": found.address,
        "at": at,
    }


def _parts(
    found: RecurringOrder, lines: list[ListLine], first: date | None, today: date
) -> dict[UUID, Any]:
    """Its lines in parts by day, where it is wished so: whole packs, the first part when the order
    is wished."""
    if not found.parts or not found.parts_apart:
        return {}
    begins, apart = first or today, found.parts_apart
    days = [first, *(begins + timedelta(days=n * apart) for n in range(1, found.parts))]
    return {line.sku_id: evenly(line.quantity, line.sku.order_multiple, days) for line in lines}


def _whoever_set(found: RecurringOrder) -> Actor:
    """The person who set it up, with the rights they have today."""
    user = User.objects.filter(pk=found.set_by, is_active=True).first()
    desk = next((one for one in desks_of(found.set_by) if one.org == found.buyer), None)
    actor = actor_at(user, desk) if user and desk else None
    if actor is None:
        raise Forbidden(
            "set-by-gone",
            "%(name)s, who set it up, may not order for your house any more.",
            help="Let somebody who may order set it up again.",
            name=found.set_by_name,
        )
    return actor


def _failed(found: RecurringOrder, due_on: date, refusal: Refused, at: datetime) -> None:
    said = []
    for language in ("en", "zh-hans"):
        with override(language):
            said.append(" ".join(filter(None, (refusal.text(), refusal.help()))))
    lists.note_run(
        found,
        due_on,
        status=RunStatus.FAILED,
        code=refusal.code,
        reason=said[0],
        reason_zh=said[1],
        at=at,
    )
    tell(
        found.buyer,
        "recurring-failed",
        {"list": found.list.name, "reason": Names(said[0], said[1], "", "")},
        link=link(found.pk),
        at=at,
    )


def link(recurring_id: UUID) -> str:
    """Where a recurring order is looked at."""
    return f"/dealer/recurring/{recurring_id}"
