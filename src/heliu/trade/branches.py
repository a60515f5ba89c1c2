"""A house opens a branch: whoever opened it sits there at once, and the sellers that the house
trades with are asked to trade with the branch (`asks.py`). One that takes whoever comes has agreed
by that; once related, the branch buys as its house does (`joining.begin`).
"""

from __future__ import annotations

from datetime import datetime

from heliu.kernel.access import operations as access
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.access.models import User
from heliu.kernel.joining.operations import asks as asking
from heliu.kernel.joining.operations import branches
from heliu.kernel.parties.models import Organization, RelationshipStatus, TradingRelationship
from heliu.kernel.parties.queries import names
from heliu.trade import asks


def open_branch(*, actor: Actor, at: datetime, **said: str) -> Organization:
    """Open a branch below the actor's house; see `branches.open_branch`. Its opener manages it."""
    made = branches.open_branch(actor=actor, at=at, **said)
    links = TradingRelationship.objects.filter(
        buyer=actor.own_org, status=RelationshipStatus.ACTIVE
    )
    sellers = names(links.order_by("since", "seller").values_list("seller", flat=True))
    with widened([made]):  # from the next request on it is in the tree of whoever sits here
        if actor.user_id is not None:
            user = User.objects.get(pk=actor.user_id)
            access.seat(actor=Actor.system(), user=user, org=made, role="owner")
        for seller in sellers.values():
            asks.told(asking.ask_for(made, seller, actor=actor, at=at), at=at)
        return Organization.objects.get(pk=made)
