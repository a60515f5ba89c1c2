"""What the writes of a pledge begin with."""

from __future__ import annotations

from uuid import UUID

from heliu.logistics.pledges.models import Pledge, PledgeLine, PledgeStatus

BINDING = (PledgeStatus.ACTIVE, PledgeStatus.PARTLY_RELEASED)


def locked_pledge(pledge: Pledge) -> Pledge:
    """The pledge with other writes to it waiting."""
    return Pledge.objects.select_for_update().get(pk=pledge.pk)


def live_lines(pledge: Pledge) -> list[PledgeLine]:
    """What is still bound, oldest first."""
    return list(pledge.lines.filter(is_live=True).order_by("position"))


def parties_of(pledge: Pledge) -> tuple[UUID, UUID, UUID]:
    """Whose pledge it is: pledgor, pledgee and keeper."""
    return pledge.pledgor, pledge.pledgee, pledge.custodian
