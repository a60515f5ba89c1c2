"""A small chain, and a web whose worker answers before the next look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from tests.conftest import be
from tests.trade.conftest import World, laid, world

from heliu.demo.baskets import favourites
from heliu.demo.run import find_dealer
from heliu.demo.walk import Hand, Walk
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import User
from heliu.kernel.access.operations import issue_token

__all__ = ["laid", "world"]


class Web(httpx.WSGITransport):
    """The product in this process; after every write the worker talks to the bank."""

    def __init__(self, world: World) -> None:
        super().__init__(app=get_wsgi_application())  # type: ignore[arg-type]
        self.world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        be("heliu_web")
        answer = super().handle_request(request)
        answer.read()
        connection.close()
        if request.method == "POST":
            self.world.bank()
        return answer


@dataclass
class Demo:
    """The demo's walk over a small chain, told to nobody."""

    world: World
    walk: Walk
    bank: Hand
    buyer: UUID

    def go(self, *, quantity: int = 0, repay: tuple[int, ...] = (30, 70)) -> None:
        """Walk the whole way."""
        be("heliu_worker")
        shelves = favourites(buyer=self.buyer, seller=self.world.chain.seller, at=self.world.at)
        self.walk.go(shelves, quantity=quantity, repay=repay)


@pytest.fixture
def demo(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """The first dealer of a small chain, about to order."""
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    be("heliu_worker")
    people = ("owner@d001.demo", "sales@seller.demo", "gate@warehouse.demo", "credit@bank.demo")
    buyer = find_dealer("D001", world.chain.dealers.values()).id
    with transaction.atomic():
        tokens = [token_of(world, email) for email in people]
    with httpx.Client(transport=Web(world), base_url="http://testserver/api/v1") as web:
        dealer, seller, keeper, bank = (Hand(web, token) for token in tokens)
        walk = Walk(dealer, seller, keeper, world.chain.seller, lambda name, step: None)
        yield Demo(world, walk, bank, buyer)


def token_of(world: World, email: str) -> str:
    """A bearer token of the person of an address."""
    user = User.objects.get(username=email)
    org = world.actor(email).own_org
    return issue_token(actor=Actor.system(), user=user, org=org, label="demo", at=world.at)
