"""A seller's word on a programme that a lender offers for its dealers.

The lender's programme is written in the step in which the seller agrees, so both are in it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.capital.credit import drafting
from heliu.capital.credit.models import ProgrammeDraft
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.errors import NotFound


def answer(draft: UUID, *, agrees: bool, said: str, actor: Actor, at: datetime) -> ProgrammeDraft:
    """The seller agrees, and the programme is in force; or it does not, and says why."""
    actor.require("sell")
    found = drafting.visible_to(actor).filter(pk=draft, seller__in=actor.orgs).first()
    if found is None:
        raise NotFound()
    with widened([found.seller, found.lender]):
        one = (
            ProgrammeDraft.objects.select_for_update(of=("self",))
            .select_related("programme")
            .get(pk=found.pk)
        )
        return drafting.answered(one, agrees=agrees, said=said, actor=actor, at=at)
