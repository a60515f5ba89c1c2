"""Goods in a carrier's hands: milestones, what goes wrong, proof of the hand-over."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.pictures import PDF, png
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.lending.models import Loan
from heliu.commerce.ordering.models import Order, OrderLine
from heliu.commerce.pricing.models import ListPrice
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Fact, Notice
from heliu.kernel.files.models import StoredFile
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.models import Organization
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.stock.models import StockRow
from heliu.logistics.transport import queries as transport
from heliu.logistics.transport.models import (
    CARRIAGE_MOVES,
    Carriage,
    CarriageException,
    CarriageStatus,
    Milestone,
    Shipment,
    ShipmentLine,
)
from heliu.trade import carrying, photos
from heliu.trade.carrying import Shot
from heliu.trade.models import Deal, DealStep
from heliu.trade.placed import Placed

CARRIER = "carrier@carrier.demo"
SIGNED = Shot("signature.png", png())


@pytest.fixture
def placed(world: World) -> Placed:
    """A financed order whose goods were given to the carrier."""
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    life.ship(world, placed, by_carrier=True)
    return placed


def mine(actor: Any) -> Carriage:
    return transport.carriages_visible_to(actor).get()


def say(world: World, *kinds: str) -> Carriage:
    for kind in kinds:
        with world.desk(CARRIER) as carrier:
            carriage = carrying.seen(
                mine(carrier), kind=kind, actor=carrier, at=world.later(hours=1)
            )
    return carriage


def hand_over(world: World, receiver: str = "周守仓", proof: Shot = SIGNED) -> Carriage:
    with world.desk(CARRIER) as carrier:
        return carrying.handed_over(
            mine(carrier), receiver=receiver, proof=proof, actor=carrier, at=world.later(hours=1)
        )


def test_the_way_from_pick_up_to_the_gate(world: World, placed: Placed) -> None:
    with world.worker():
        shipment = Shipment.objects.get()
        assert (shipment.carrier_name, shipment.status) == ("Shunda Logistics", "IN_TRANSIT")
        assert not Milestone.objects.exists()
        assert Notice.objects.get(kind="carriage-given").org == world.chain.carrier
    say(world, "PICKED_UP", "DEPARTED", "AT_HUB", "OUT")
    carriage = hand_over(world)
    assert (carriage.status, carriage.receiver_name) == ("DELIVERED", "周守仓")
    with world.worker():
        shipment.refresh_from_db()
        assert (shipment.status, shipment.arrived_at) == ("ARRIVED", world.at)
        said = list(Milestone.objects.filter(carrier=world.chain.carrier).values_list("kind"))
        kinds = ["PICKED_UP", "DEPARTED", "AT_HUB", "OUT", "DELIVERED"]
        assert [kind for (kind,) in said] == kinds
        facts = Fact.objects.filter(deal=placed.deal.pk, name__startswith="logistics.carriage")
        assert facts.count() == 4
        told = set(Notice.objects.filter(kind="delivery-proved").values_list("org", flat=True))
        chain = world.chain
        assert told == {chain.seller, chain.bank, chain.warehouse, placed.deal.buyer}
    for who in ("sales@seller.demo", world.dealer, "credit@bank.demo", "gate@warehouse.demo"):
        with world.desk(who) as party:
            (proof,) = photos.of_deal(party, Deal.objects.get(pk=placed.deal.pk))
            assert proof.pk == carriage.proof
    life.receive(world, shipment)
    with world.worker():
        assert transport.check() == []
    laws.hold(world)


def test_what_goes_wrong_is_seen_by_all_parties_until_it_is_settled(
    world: World, placed: Placed
) -> None:
    say(world, "PICKED_UP")
    with world.desk(CARRIER) as carrier:
        made = carrying.went_wrong(
            mine(carrier),
            kind="DAMAGED",
            note="two cartons wet",
            shots=[Shot("wet.png", png(mark=True)), Shot("dry.png", png(mark=False))],
            actor=carrier,
            at=world.later(hours=1),
        )
        assert mine(carrier).open_exceptions == 1
    for who in ("sales@seller.demo", world.dealer, "credit@bank.demo", "gate@warehouse.demo"):
        with world.desk(who) as party:
            notice = Notice.objects.get(org__in=party.orgs, kind="carriage-went-wrong")
            assert notice.params["what"] == {"msgid": "Damaged"}
            assert CarriageException.objects.get().note == "two cartons wet"
            assert len(photos.of_deal(party, Deal.objects.get(pk=placed.deal.pk))) == 2
            fact = Fact.objects.get(name="logistics.carriage-went-wrong")
            assert (fact.payload["kind"], fact.payload["photos"]) == ("DAMAGED", 2)
    for _again in range(2):
        with world.desk(CARRIER) as carrier:
            carrying.settle(mine(carrier), made.pk, actor=carrier, at=world.later(hours=1))
            assert mine(carrier).open_exceptions == 0
    with world.worker():
        assert Fact.objects.filter(name="logistics.carriage-settled").count() == 1


def test_the_carrier_sees_its_waybills_and_nothing_else(world: World, placed: Placed) -> None:
    """Neither orders, prices, loans, goods nor parties: the database shows it no such row."""
    say(world, "PICKED_UP")
    with world.desk(CARRIER) as carrier:
        waybill = mine(carrier).waybill
        assert waybill["to"]["name"] == "Yuntai Supervised Warehousing Co., Ltd."
        assert waybill["goods"][0] == {
            "code": "M1", "name": "Blue mug", "name_zh": "蓝色马克杯", "quantity": 200,
        }  # fmt: skip
        closed = (
            Shipment, ShipmentLine, Order, OrderLine, Loan, Pledge, Deal, DealStep, StockRow, Sku,
            ListPrice, Fact,
        )  # fmt: skip
        assert [model.__name__ for model in closed if model._default_manager.exists()] == []
        assert [one.pk for one in Organization.objects.all()] == [world.chain.carrier]
        assert list(Milestone.objects.values_list("kind", flat=True)) == ["PICKED_UP"]
    with world.worker():
        ids = {*placed.order.lines.values_list("unit_price", flat=True)}
        assert not any(str(price) in str(waybill) for price in ids)


def test_only_its_carrier_acts_on_a_carriage(world: World, placed: Placed) -> None:
    with world.desk("sales@seller.demo") as seller, pytest.raises(Forbidden):
        carrying.seen(mine(seller), kind="PICKED_UP", actor=seller, at=world.at)
    with world.desk("owner@d002.demo") as stranger, pytest.raises(NotFound):
        transport.carriage(
            stranger, Carriage.objects.values_list("number", flat=True).first() or ""
        )


def test_no_step_is_skipped_that_needs_to_be(world: World, placed: Placed) -> None:
    with world.desk(CARRIER) as carrier:
        for kind in ("OUT", "DEPARTED"):
            with pytest.raises(Refused, match="state-move"), transaction.atomic():
                carrying.seen(mine(carrier), kind=kind, actor=carrier, at=world.at)
        for kind in ("DELIVERED", "TO_PICK_UP", "ARRIVED", "nonsense"):
            with pytest.raises(Invalid, match="milestone-unknown"):
                carrying.seen(mine(carrier), kind=kind, actor=carrier, at=world.at)
    with pytest.raises(Refused, match="not-picked-up"):
        hand_over(world)
    say(world, "PICKED_UP")
    with pytest.raises(Invalid, match="receiver-missing"):
        hand_over(world, receiver="")
    with pytest.raises(Invalid, match="proof-no-picture"):
        hand_over(world, proof=Shot("note.pdf", PDF))
    with world.worker():
        assert not StoredFile.objects.exists()
    hand_over(world)
    with pytest.raises(Refused, match="state-move"):
        hand_over(world)


def test_goods_counted_without_a_word_of_the_carrier_are_on_nobodys_way(
    world: World, placed: Placed
) -> None:
    """Nobody has to touch the straight path: the keeper's count ends the way."""
    with world.worker():
        shipment = Shipment.objects.get()
    life.receive(world, shipment)
    with world.worker():
        carriage = Carriage.objects.get()
        assert (carriage.status, carriage.is_counted) == ("DELIVERED", True)
        assert transport.check() == []
    with world.desk(CARRIER) as carrier, pytest.raises(Refused, match="carriage-over"):
        carrying.went_wrong(mine(carrier), kind="LATE", note="", actor=carrier, at=world.at)


def test_a_seller_names_carriers_it_knows(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    with world.desk("sales@seller.demo") as seller:
        assert [one.pk for one in carrying.carriers_of(seller)] == [world.chain.carrier]
        with pytest.raises(Invalid, match="carrier-unknown"):
            carrying.named(seller, world.chain.warehouse)
    with world.desk(world.dealer) as dealer:
        assert carrying.carriers_of(dealer) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "warehouse = owner",  # pledged goods elsewhere than to the supervised warehouse
        "status = 'LOST'",
        "status = 'DELIVERED', delivered_at = now()",
        "delivered_at = now()",
        "pieces = 0",
        "open_exceptions = -1",
    ],
)
def test_the_database_says_no_first(world: World, placed: Placed, wrong: str) -> None:
    change = f"update transport_carriage set {wrong}; set constraints all immediate"
    with world.worker(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(change)


@settings(
    max_examples=30,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.sampled_from(CarriageStatus.values), max_size=8))
def test_a_carriage_moves_by_its_table_alone(
    world: World, placed: Placed, tried: list[str]
) -> None:
    with world.desk(CARRIER) as carrier, transaction.atomic():
        for kind in tried:
            before = mine(carrier)
            try:
                with transaction.atomic():
                    if kind == CarriageStatus.DELIVERED:
                        carrying.handed_over(
                            before,
                            receiver="A",
                            proof=SIGNED,
                            actor=carrier,
                            at=world.later(hours=1),
                        )
                    else:
                        carrying.seen(before, kind=kind, actor=carrier, at=world.later(hours=1))
            except (Refused, Invalid):
                assert mine(carrier).status == before.status
            else:
                assert mine(carrier).status == kind
                assert kind in CARRIAGE_MOVES[before.status]
                assert kind in transport.next_of(before) or kind == CarriageStatus.DELIVERED
        transaction.set_rollback(True)
