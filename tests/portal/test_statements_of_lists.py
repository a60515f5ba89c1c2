"""No list asks the database more often when it has more rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.trade.conftest import World

from heliu.commerce.ordering.models import PayBy
from heliu.commerce.pricing import operations as pricing
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries, place_order
from heliu.trade.financed_order import repaying, signing
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of

FEW, MANY = 3, 12
LISTS = {
    "owner@d001.demo": (
        "/dealer/", "/dealer/finance", "/dealer/finance?tab=all", "/dealer/pick-ups",
        "/dealer/catalogue", "/deals", "/deals?tab=done", "/deals?tab=all", "/inbox", "/company",
    ),
    "sales@seller.demo": (
        "/seller/", "/seller/orders", "/seller/orders?tab=placed", "/seller/dealers",
        "/seller/orders?sort=-total", "/seller/orders?export=csv", "/seller/goods?sort=-goods",
        "/seller/goods?export=csv", "/seller/dealers?sort=-code", "/seller/dealers?export=csv",
        "/seller/receivables?export=csv", "/deals?tab=all&export=csv",
        "/seller/refunds", "/seller/goods", "/seller/prices", "/seller/prices/lists",
        "/seller/receivables", "/deals", "/deals?tab=all", "/inbox",
        "/company",
    ),
    "credit@bank.demo": (
        "/bank/", "/bank/drawdowns", "/bank/limits", "/bank/overdue", "/bank/payments",
        "/bank/pledges", "/bank/repayments", "/bank/reconciliation", "/bank/books",
        "/bank/books?code=loan_principal", "/bank/books?code=nostro", "/bank/reports",
        "/bank/reports/exposure", "/bank/reports/cover", "/bank/reports/vintages",
        "/bank/reports/limits", "/bank/programmes", "/deals", "/deals?tab=all", "/inbox", "/company",
    ),
    "gate@warehouse.demo": (
        "/warehouse/", "/warehouse/lots", "/warehouse/lots?tab=pledged", "/warehouse/receipts",
        "/warehouse/pick-ups", "/warehouse/counts?tab=all", "/warehouse/receive",
        "/warehouse/map", "/pledges", "/deals", "/deals?tab=all", "/inbox",
    ),
    "ops@operator.demo": (
        "/operator/", "/operator/exceptions", "/operator/parties", "/operator/checks",
        "/operator/books", "/operator/jobs", "/inbox",
    ),
}  # fmt: skip


@pytest.fixture
def asked(demo: World) -> World:
    """A chain in which so few things happened, each of every kind."""
    for _ in range(FEW):
        live(demo)
    return demo


def live(world: World) -> None:
    """A loan repaid in part with goods to fetch, one whose goods arrive, one to sign, a transfer,
    a price list."""
    freed, coming, _unsigned = (place(world) for _ in range(3))
    for deal in (freed, coming):
        sign(world, deal)
        ship(world, deal)
    receive(world, freed)
    with world.desk(world.dealer) as actor:
        repaying.repay(freed.id, actor=actor, key="part", percent=Decimal(50), at=world.at)
    world.bank()
    place(world, PayBy.TRANSFER)
    with world.desk("sales@seller.demo") as seller:
        pricing.create_list(
            actor=seller, seller=seller.own_org, code=f"{world.at:%d%H%M%S}", name="One more"
        )


def place(world: World, pay_by: str = PayBy.FINANCE) -> Deal:
    with world.desk(world.dealer) as actor:
        placed = place_order.place(
            actor=actor, seller=world.chain.seller, lines=world.lines(M1=3, B1=2), pay_by=pay_by,
            at=world.at,
        )  # fmt: skip
    world.at += timedelta(seconds=1)
    return placed.deal


def sign(world: World, deal: Deal) -> None:
    with world.desk(world.dealer) as actor:
        digest = loan_of(deal).agreement_digest
        signing.sign(deal.id, actor=actor, agreement_digest=digest, consent=True, at=world.at)
    world.bank()


def ship(world: World, deal: Deal) -> None:
    with world.desk("sales@seller.demo") as actor:
        deliveries.ship(deal.order_id, actor=actor, carrier="顺达物流", at=world.at)


def receive(world: World, deal: Deal) -> None:
    with world.desk("gate@warehouse.demo") as actor:
        from heliu.logistics.transport import queries as transport

        shipment = transport.visible_to(actor).get(deal=deal.id)
        deliveries.arrived(shipment.id, actor=actor, at=world.at)
        counts = [Count(line.id, line.quantity) for line in shipment.lines.all()]
        deliveries.goods_received(shipment.id, actor=actor, counts=counts, at=world.at)
    world.bank()


@contextmanager
def counted() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        sent.append(sql)
        assert callable(execute)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def statements(clients: dict[str, Client]) -> dict[str, int]:
    """How many statements each list takes, once all that is kept is there."""
    be("heliu_web")
    found = {}
    for who, addresses in LISTS.items():
        for address in addresses:
            read(clients[who], address)
            with counted() as sent:
                read(clients[who], address)
            found[f"{who} {address}"] = len(sent)
    return found


def test_a_frame_counts_in_one_statement(demo: World) -> None:
    """What waits beside the words of the rail, whatever desk it is; the inbox counts for itself."""
    be("heliu_web")
    for who in LISTS:
        client = browser(who)
        read(client, "/help")
        with counted() as sent:
            read(client, "/help")
        assert sum("count(" in sql.lower() for sql in sent) == 2, who
        assert len(sent) <= 12, who


def test_a_page_that_is_read_again_writes_nothing(demo: World) -> None:
    """What a reader chose before is known; a session written at each reading costs a commit."""
    be("heliu_web")
    client = browser("owner@d001.demo")
    for address in ("/dealer/catalogue", "/dealer/pad", "/dealer/bought"):
        read(client, f"{address}?seller=seller")
        with counted() as sent:
            read(client, f"{address}?seller=seller")
        assert [sql for sql in sent if sql.startswith(("UPDATE", "INSERT", "DELETE"))] == []


def test_dealers_are_counted_by_their_links(demo: World) -> None:
    """Who each of eleven thousand is, is asked of those on the page only."""
    be("heliu_web")
    client = browser("sales@seller.demo")
    read(client, "/seller/dealers")
    with counted() as sent:
        read(client, "/seller/dealers")
    assert [sql for sql in sent if "COUNT" in sql and '"parties_organization"' in sql] == []


def test_statements_do_not_grow_with_rows(asked: World) -> None:
    be("heliu_web")
    clients = {who: browser(who) for who in LISTS}
    few = statements(clients)
    for _ in range(MANY - FEW):
        live(asked)
    many = statements(clients)
    grown = {one: (few[one], many[one]) for one in few if many[one] > few[one]}
    assert grown == {}
    assert max(few.values()) <= 45
