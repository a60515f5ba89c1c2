"""A chain of three houses, of which two know each other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.api.hands import Hands, hand_of
from tests.people import Seated, organization, seat
from tests.trade.conftest import World, laid, world

from heliu.kernel.parties.operations import introduce

__all__ = ["Chain", "chain", "hands", "laid", "world"]


@dataclass(frozen=True)
class Chain:
    """Dealer and seller deal with each other; the stranger knows neither."""

    dealer: Seated
    seller: Seated
    stranger: Seated


@pytest.fixture
def chain(db: None, as_worker) -> Chain:
    with as_worker():
        dealer = organization("lanhe", "DEALER", name_zh="兰河")
        seller = organization("hengfeng", "SELLER", name_zh="恒丰")
        stranger = organization("other", "DEALER")
        introduce(dealer.pk, seller.pk)
        return Chain(seat(dealer, "owner"), seat(seller, "seller"), seat(stranger, "owner"))


@pytest.fixture
def hands(world: World, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """A whole chain with real commits, and a program for each of its people, at its time."""
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    desks = (
        "owner@d001.demo", "owner@d002.demo", "sales@seller.demo", "credit@bank.demo",
        "gate@warehouse.demo", "carrier@carrier.demo", "ops@operator.demo",
    )  # fmt: skip
    return Hands(world, *(hand_of(world, email) for email in desks))
