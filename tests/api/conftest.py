"""A chain of three houses, of which two know each other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.people import Seated, organization, seat

from heliu.kernel.parties.operations import introduce


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
