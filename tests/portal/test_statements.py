"""Pages ask the database a fixed number of times, however much there is to show."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.conftest import be
from tests.portal.browsing import browser
from tests.trade.conftest import World

from heliu.trade import place_order


def place(demo: World, times: int) -> None:
    for _ in range(times):
        with demo.desk(demo.dealer) as dealer:
            place_order.place(
                actor=dealer, seller=demo.chain.seller, lines=demo.lines(M1=10, B1=2),
                pay_by="FINANCE", at=demo.at,
            )  # fmt: skip


@pytest.mark.parametrize("address", ["/deals", "/dealer/", "/dealer/finance?tab=all"])
def test_many_deals_ask_no_more_than_one(demo: World, address: str) -> None:
    place(demo, 1)
    dealer = browser(demo.dealer)
    dealer.get(address)  # fills what a process keeps
    one = statements(dealer, address)
    place(demo, 4)
    be("heliu_web")
    assert statements(dealer, address) == one


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(asked)
