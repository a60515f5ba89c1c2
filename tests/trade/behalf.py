"""The seller's person in a customer's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import be
from tests.trade.conftest import World

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.behalf import operations, queries
from heliu.kernel.behalf.models import Mandate

SALES = "sales@seller.demo"


def allow(world: World, email: str = "") -> Mandate:
    """The first dealer (or another's owner) lets the seller order for it."""
    with world.desk(email or world.dealer) as owner:
        return operations.give(world.chain.seller, actor=owner, at=world.at)


@contextmanager
def in_name_of(world: World, customer: str = "d001", email: str = SALES) -> Iterator[Actor]:
    """As the web role, through the door, in a customer's name."""
    be("heliu_web")
    seat = queries.seated(world.actor(email), customer)
    with acting_for(seat.sees, seat.speaks_for):
        yield seat
