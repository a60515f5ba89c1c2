"""The one-time codes under which goods that came free are fetched."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.states import move
from heliu.logistics.pledges.models import RELEASE_MOVES, ReleaseOrder, ReleaseStatus
from heliu.logistics.pledges.policies import digest_of, fresh_code

CODE_HOURS = 72


def renew_code(
    release_order: ReleaseOrder, *, actor: Actor, at: datetime, hours: int = CODE_HOURS
) -> str:
    """A fresh code for goods that still wait; the old one is void. Only their owner may ask."""
    if not actor.is_system:
        if release_order.taker not in actor.orgs:
            raise NotFound()
        _require_to_fetch(release_order, actor)
    order = ReleaseOrder.objects.select_for_update().get(pk=release_order.pk)
    if order.status == ReleaseStatus.PICKED_UP:
        raise Refused("picked-up", "These goods were already picked up.")
    code = unused_code(order.custodian)
    order.code_digest = digest_of(code, settings.SECRET_KEY)
    order.code_valid_until = at + timedelta(hours=hours)
    order.save(update_fields=["code_digest", "code_valid_until"])
    if order.status == ReleaseStatus.EXPIRED:
        move(order, ReleaseStatus.RELEASED, moves=RELEASE_MOVES)
    return code


def expire_codes(*, at: datetime) -> int:
    """Codes whose time is over no longer open the gate; the goods stay free and set aside."""
    due = ReleaseOrder.objects.filter(status=ReleaseStatus.RELEASED, code_valid_until__lte=at)
    return due.update(status=ReleaseStatus.EXPIRED)


def unused_code(custodian: UUID) -> str:
    """A code that opens nothing else at this gate."""
    while True:
        code = fresh_code()
        digest = digest_of(code, settings.SECRET_KEY)
        if not ReleaseOrder.objects.filter(custodian=custodian, code_digest=digest).exists():
            return code


def _require_to_fetch(order: ReleaseOrder, actor: Actor) -> None:
    """Goods are fetched by who orders them, takes them back, or has sold them as the pledgee."""
    ways = {order.pledgor: ("order",), order.pledgee: ("enforce",)}
    allowed = ways.get(order.taker, ("order", "sell"))
    if not any(actor.may(one) for one in allowed):
        actor.require(allowed[0])
