"""A house opens a branch, and whoever opened it sits there at once."""

from __future__ import annotations

from datetime import datetime

from heliu.kernel.access import operations as access
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.access.models import User
from heliu.kernel.joining.operations import branches
from heliu.kernel.parties.models import Organization


def open_branch(*, actor: Actor, at: datetime, **said: str) -> Organization:
    """Open a branch below the actor's house; see `branches.open_branch`. Its opener manages it."""
    made = branches.open_branch(actor=actor, at=at, **said)
    with widened([made]):  # from the next request on it is in the tree of whoever sits here
        if actor.user_id is not None:
            user = User.objects.get(pk=actor.user_id)
            access.seat(actor=Actor.system(), user=user, org=made, role="owner")
        return Organization.objects.get(pk=made)
