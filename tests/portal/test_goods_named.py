"""Whoever reads a list knows what lies there: goods stand by their name, with their code beside."""

from __future__ import annotations

from decimal import Decimal

from tests.portal.browsing import browser, read
from tests.trade import life
from tests.trade.conftest import World

from heliu.trade.financed_order import repaying
from heliu.trade.placed import Placed

KEEPER, BANK, SELLER = "gate@warehouse.demo", "credit@bank.demo", "sales@seller.demo"
MUG = {"en": "Blue mug", "zh-hans": "蓝色马克杯"}


def free_some(demo: World, placed: Placed) -> None:
    with demo.desk(demo.dealer) as actor:
        repaying.repay(placed.deal.id, actor=actor, key="some", percent=Decimal(10), at=demo.at)
    demo.bank()


def test_goods_of_every_list_have_their_name_in_the_reader_s_language(demo: World) -> None:
    placed = life.to_pledge(demo)
    free_some(demo, placed)
    life.place(demo, M1=200)
    pages = (
        (demo.dealer, "/dealer/pick-ups"), (KEEPER, "/warehouse/"), (KEEPER, "/warehouse/pick-ups"),
        (KEEPER, "/warehouse/receipts"), (KEEPER, "/warehouse/lots"), (KEEPER, "/pledges"),
        (BANK, "/bank/registry"), (BANK, "/bank/pledges"), (SELLER, "/seller/orders"),
        (SELLER, "/seller/orders?tab=placed"),
    )  # fmt: skip
    for who, address in pages:
        for language, name in MUG.items():
            client = browser(who)
            client.cookies["django_language"] = language
            page = read(client, address)
            assert name in page, f"{address} in {language}"
            assert "M1" in page, f"{address} in {language}"


def test_several_kinds_are_the_first_by_name_and_how_many(demo: World) -> None:
    life.place(demo, M1=200, B1=100)
    page = read(browser(SELLER), "/seller/orders")
    assert "Blue mug, 2 kinds" in page


def test_a_shipment_names_its_carrier_in_the_reader_s_language(demo: World) -> None:
    placed = life.place(demo)
    life.sign(demo, placed)
    demo.bank()
    shipment = life.ship(demo, placed, by_carrier=True)
    for language, name in {"en": "Shunda Logistics", "zh-hans": "顺达物流"}.items():
        keeper = browser(KEEPER)
        keeper.cookies["django_language"] = language
        for address in ("/warehouse/receive", f"/warehouse/receive/{shipment.number}"):
            assert name in read(keeper, address)
