"""A small chain with real commits, and a hand for each of its people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from tests.conftest import be, cloned
from tests.databases import standing

from heliu.demo import chain as chains
from heliu.demo.sample import Behaviour, Dealer, Family, Sku
from heliu.information.credit_file.operations import Paid, note_payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.door import acting_for
from heliu.kernel.access.models import User
from heliu.kernel.clock import day_of
from heliu.kernel.parties import operations as parties
from heliu.trade.bank_answers import talk_to_bank

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
DEALERS = tuple(
    Dealer(f"D00{n}", f"Dealer {n} Co., Ltd.", f"经销商{n}有限公司", f"Dealer {n}", f"经销商{n}",
           "Hangzhou", "杭州", Behaviour.PROMPT, str(n))
    for n in (1, 2)
)  # fmt: skip
FAMILIES = (Family("mugs", "Mugs", "杯具"), Family("bags", "Bags", "袋"))
SKUS = (
    Sku("M1", "Blue mug", "蓝色马克杯", "mugs", 1000, 100, 900),
    Sku("M2", "Red mug", "红色马克杯", "mugs", 1500, 0, 0),
    Sku("B1", "Jumbo bag", "大号购物袋", "bags", 2000, 0, 0),
)


@dataclass
class World:
    """The chain and short ways to act in it. `at` is the moment; move it with `later`."""

    chain: chains.Chain
    at: datetime = AT

    def later(self, **span: int) -> datetime:
        """Let time pass."""
        self.at += timedelta(**span)
        return self.at

    def actor(self, email: str) -> Actor:
        """The person of an address at the first desk."""
        user = User.objects.get(username=email)
        found = actor_at(user, desks_of(user.pk)[0])
        assert found is not None
        return found

    @contextmanager
    def desk(self, email: str) -> Iterator[Actor]:
        """As the web role, through the door, for the person of this address."""
        be("heliu_web")
        actor = self.actor(email)
        with acting_for(actor.orgs):
            yield actor

    @contextmanager
    def worker(self) -> Iterator[Actor]:
        """As the worker, in one transaction."""
        be("heliu_worker")
        with transaction.atomic():
            yield Actor.system()

    def bank(self) -> int:
        """Let the worker talk to the bank until nothing is left to do."""
        be("heliu_worker")
        return talk_to_bank(at=lambda: self.at)

    @property
    def dealer(self) -> str:
        """The first dealer's owner."""
        return "owner@d001.demo"

    def rival(self, desk: str) -> str:
        """Somebody at another house of the kind, with the same role; returns the address."""
        role, name, local = chains.PEOPLE[desk]
        house, email = f"other-{desk}", f"{local}@other-{desk}.demo"
        with self.worker() as system:
            org = parties.register(
                actor=system, code=house, roles=(desk.upper(),), name=house, name_zh=house,
                short_name=house, short_name_zh=house, city="", city_zh="",
            )  # fmt: skip
            chains.enrol(email, name, org.pk, role)
        return email

    def lines(self, **quantities: int) -> list[tuple[UUID, int]]:
        """Lines of an order by code."""
        return [(self.chain.skus[code], n) for code, n in quantities.items()]


@pytest.fixture(scope="session")
def laid(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> tuple[str, chains.Chain]:
    """A database with a chain of two dealers and a year of good payments, to be cloned."""
    with django_db_blocker.unblock():
        return standing("laid", lay)


def lay() -> chains.Chain:
    """The chain and its past."""
    with transaction.atomic():
        chain = chains.lay(
            dealers=DEALERS, families=FAMILIES, skus=SKUS, at=AT, pieces=10_000, on_terms=1
        )
        note_history(chain)
        return chain


@pytest.fixture
def world(
    laid: tuple[str, chains.Chain], django_db_blocker: pytest.FixtureRequest
) -> Iterator[World]:
    """The laid chain with real commits, thrown away after the test."""
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base):
        yield World(chain)


def note_history(chain: chains.Chain, orders: int = 24, total: int = 40_000_00) -> None:
    """A year of orders, paid in time, so that the rules approve."""
    from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus

    for buyer in chain.dealers.values():
        for n in range(orders):
            at = AT - timedelta(days=15 * n + 5)
            order = Order.objects.create(
                number=f"OLD-{buyer.hex[-6:]}-{n}", buyer=buyer, seller=chain.seller,
                warehouse=buyer, status=OrderStatus.COMPLETED, pay_by="TRANSFER", total=total,
                placed_by_name="history", placed_at=at, confirmed_at=at, completed_at=at,
            )  # fmt: skip
            OrderLine.objects.create(
                order=order, buyer=buyer, seller=chain.seller, position=1,
                sku_id=chain.skus["M1"], quantity=total // 1000, unit_price=1000, amount=total,
                shipped=total // 1000, received=total // 1000,
            )  # fmt: skip
            note_payments(
                [Paid(buyer, chain.seller, order.id, order.number, day_of(at), day_of(at), total)],
                at=at,
            )
