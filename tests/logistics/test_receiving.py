"""From the seller's house through transit into the keeper's, and what may leave its bin."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.db.utils import Error
from tests.logistics.conftest import AT, Chain, person

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.models import Account
from heliu.logistics.stock import queries as stock
from heliu.logistics.stock.models import Quality, StockRow
from heliu.logistics.transport import operations as transport
from heliu.logistics.transport import queries as shipments
from heliu.logistics.transport.models import ShipmentStatus
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing import queries
from heliu.logistics.warehousing.models import Bin, PickAttempt, ReceiptStatus, ReceivingStatus
from heliu.logistics.warehousing.operations import Put
from heliu.logistics.warehousing.policies import (
    BinLoad,
    Count,
    content_hash,
    missing_of,
    put_away,
)


def test_empty_bins_near_the_gate_are_filled_first() -> None:
    far, near, full = (BinLoad(new_id(), *place) for place in ((5, 2, 0), (1, 0, 0), (0, 0, 3)))
    assert put_away([full, far, near], 4) == [near.id, far.id, full.id, near.id]
    assert put_away([], 2) == [None, None]


def test_a_count_names_every_line_once_and_no_more_than_was_sent() -> None:
    one, other = new_id(), new_id()
    sent = {one: 5, other: 3}
    assert missing_of(sent, [Count(one, 4, 1), Count(other, 1)]) == {one: 0, other: 2}
    for counts, code in (
        ([Count(one, 5)], "count-incomplete"),
        ([Count(one, 5), Count(other, 3), Count(other, 0)], "count-incomplete"),
        ([Count(one, 5), Count(other, 3), Count(new_id(), 0)], "count-incomplete"),
        ([Count(one, 5, 1), Count(other, 3)], "over-receipt"),
        ([Count(one, -1), Count(other, 3)], "count-negative"),
    ):
        with pytest.raises(Invalid) as refused:
            missing_of(sent, counts)
        assert refused.value.code == code


def test_a_shipment_goes_its_way(chain: Chain) -> None:
    chain.supply(5)
    shipment = chain.send(5)
    assert shipment.number.startswith("SH-2611-")
    with pytest.raises(Forbidden):
        transport.arrived(shipment, actor=person(chain.stranger), at=AT)
    transport.arrived(shipment, actor=person(chain.keeper), at=AT)
    assert [x.number for x in shipments.expected(person(chain.keeper))] == [shipment.number]
    chain.receive(shipment)
    shipment.refresh_from_db()
    assert shipment.status == ShipmentStatus.RECEIVED
    assert not shipments.expected(person(chain.keeper)).exists()
    kinds = list(shipment.milestones.order_by("id").values_list("kind", flat=True))
    assert kinds == ["PICKED_UP", "ARRIVED", "DELIVERED"]
    names = list(Fact.objects.order_by("number").values_list("name", flat=True))
    assert names == [
        "logistics.goods-shipped",
        "logistics.goods-arrived",
        "logistics.goods-received",
    ]


def test_only_a_sender_sends(chain: Chain) -> None:
    chain.supply(5)
    for actor in (person(chain.dealer), person(chain.seller, "order")):
        with pytest.raises(Forbidden):
            transport.dispatch(
                actor=actor,
                order_id=new_id(),
                sender=chain.seller,
                warehouse=chain.keeper,
                owner=chain.dealer,
                lines=[transport.DispatchLine(1, chain.skus[0], 1, None)],
                carrier_name="",
                at=AT,
            )


def test_what_came_is_put_away_and_what_did_not_is_claimed(chain: Chain) -> None:
    chain.supply(10, 0)
    chain.supply(6, 1)
    shipment = chain.send(10, 6)
    first = shipment.lines.get(position=1)
    came = chain.receive(shipment, damaged=2, missing=1)
    assert came.damaged == {first.order_line: 2}
    assert came.short == {first.order_line: 1}
    assert [row.quantity for row in came.rows] == [7, 6]
    assert came.receiving.status == ReceivingStatus.COUNTED
    rows = StockRow.objects.filter(warehouse=chain.keeper)
    good, bad = (rows.filter(quality=quality) for quality in (Quality.GOOD, Quality.DAMAGED))
    assert good.aggregate(all=Sum("quantity"))["all"] == 13
    assert bad.get().quantity == 2
    assert bad.get().bin == queries.quarantine_of(chain.keeper)
    assert len(set(good.values_list("bin", flat=True))) == 2
    told = Fact.objects.get(name="logistics.receipt-differs")
    assert (told.payload["missing"], told.payload["damaged"]) == (1, 2)
    assert chain.seller in told.audience
    assert posting.check() == []
    assert shipments.check() == []
    claims = Account.objects.filter(key__startswith="missing:").values_list("id", flat=True)
    assert [claim.posted for claim in posting.balances(claims).values()] == [1]


def test_a_difference_is_settled_in_words(chain: Chain) -> None:
    chain.supply(10)
    count = chain.receive(chain.send(10), missing=1).receiving
    with pytest.raises(Forbidden):
        warehousing.settle(count, actor=person(chain.keeper), settlement="Refund", at=AT)
    with pytest.raises(Invalid):
        warehousing.settle(count, actor=person(chain.seller), settlement=" ", at=AT)
    warehousing.settle(count, actor=person(chain.seller), settlement="Refund", at=AT)
    count.refresh_from_db()
    assert (count.status, count.settlement) == (ReceivingStatus.CLOSED, "Refund")


def test_a_shipment_is_counted_in_once_and_by_its_house(chain: Chain) -> None:
    chain.supply(5)
    shipment = chain.send(5)
    counts = [Count(line.id, line.quantity) for line in shipment.lines.all()]
    for actor in (person(chain.keeper, "pick"), person(chain.stranger)):
        with pytest.raises(Forbidden):
            warehousing.receive(
                actor=actor,
                shipment=shipment,
                counts=counts,
                pledge=None,
                holder=chain.dealer,
                at=AT,
            )
    chain.receive(shipment)
    with pytest.raises(Refused) as refused:
        chain.receive(shipment)
    assert refused.value.code == "already-received"


def test_nothing_good_came_and_no_receipt_is_issued(chain: Chain) -> None:
    chain.supply(3)
    came = chain.receive(chain.send(3), damaged=2, missing=1)
    assert came.receipt is None
    assert came.rows == []


def test_a_receipt_says_what_the_keeper_signed(chain: Chain) -> None:
    chain.supply(5)
    receipt = chain.receive(chain.send(5)).receipt
    assert receipt is not None
    assert receipt.number.startswith("WR-2611-")
    assert (receipt.holder, receipt.status) == (chain.dealer, ReceiptStatus.ISSUED)
    receipt.refresh_from_db()
    assert queries.is_genuine(receipt)
    assert receipt.content_hash == content_hash(receipt.content)
    (goods,) = receipt.content["goods"]
    assert (goods["kind"], goods["quantity"], goods["bin"]) == ("M0", 5, "A-01")
    assert receipt.content["depositor"]["name"] == "Dealer"
    forged = {**receipt.content, "number": "WR-1"}
    assert content_hash(forged) != receipt.content_hash
    with pytest.raises(Error), transaction.atomic():
        type(receipt).objects.filter(pk=receipt.pk).update(content=forged)
    with pytest.raises(Error), transaction.atomic():
        receipt.delete()


def test_a_buyer_counts_into_its_own_house(chain: Chain) -> None:
    chain.supply(5)
    shipment = transport.dispatch(
        actor=person(chain.seller),
        order_id=new_id(),
        sender=chain.seller,
        warehouse=chain.dealer,
        owner=chain.dealer,
        lines=[transport.DispatchLine(1, chain.skus[0], 5, None)],
        carrier_name="",
        at=AT,
    )
    came = warehousing.receive(
        actor=person(chain.dealer, "order"),
        shipment=shipment,
        counts=[Count(line.id, 5) for line in shipment.lines.all()],
        pledge=None,
        holder=chain.dealer,
        at=AT,
    )
    assert came.receipt is None
    row = StockRow.objects.get(owner=chain.dealer)
    assert (row.warehouse, row.quantity, row.bin) == (chain.dealer, 5, None)


def test_pledged_goods_stay_in_their_bin_and_the_attempt_is_kept(chain: Chain) -> None:
    pledge = chain.pledged(5)
    row = StockRow.objects.get(pledge=pledge.id)
    verdict = warehousing.pick(
        actor=person(chain.keeper, "pick"), row_id=row.id, quantity=2, at=AT, deal=pledge.deal
    )
    assert (verdict.go, verdict.code) == (False, "pledged")
    assert "A-01" in verdict.words
    kept = PickAttempt.objects.get()
    assert (kept.outcome, kept.reason, kept.pledgee) == ("REFUSED", "pledged", chain.lender)
    told = Fact.objects.get(name="logistics.pick-refused")
    assert set(told.audience) == {chain.keeper, chain.dealer, chain.lender}
    assert told.deal == pledge.deal
    row.refresh_from_db()
    assert row.quantity == 5
    with pytest.raises(Error), transaction.atomic():
        PickAttempt.objects.all().delete()


def test_what_may_be_picked(chain: Chain) -> None:
    chain.supply(6)
    chain.receive(chain.send(6), damaged=2)
    keeper = person(chain.keeper, "pick")
    good = StockRow.objects.get(warehouse=chain.keeper, quality=Quality.GOOD)
    bad = StockRow.objects.get(warehouse=chain.keeper, quality=Quality.DAMAGED)

    def pick(row: StockRow, quantity: int) -> str:
        return warehousing.pick(actor=keeper, row_id=row.id, quantity=quantity, at=AT).code

    assert pick(good, 4) == "go"
    assert pick(good, 5) == "too-many"
    assert pick(bad, 1) == "quarantined"
    with pytest.raises(NotFound):
        warehousing.pick(actor=person(chain.dealer), row_id=good.id, quantity=1, at=AT)
    with pytest.raises(Forbidden):
        warehousing.pick(actor=person(chain.keeper, "count"), row_id=good.id, quantity=1, at=AT)


def test_goods_are_put_into_other_bins_all_or_none(chain: Chain) -> None:
    house = warehousing.set_up(
        actor=Actor.system(), org=chain.seller, code="S1", name="Own", columns=2, rows=1
    )
    one, other, aside = (house.bins.get(code=code).id for code in ("A-01", "A-02", "QUAR"))
    for sku in range(2):
        chain.supply(10, sku)
    rows = list(StockRow.objects.filter(owner=chain.seller).order_by("sku"))
    clerk = person(chain.seller, "ship")
    moved = warehousing.put(
        [Put(rows[0].id, one, 4), Put(rows[0].id, other, 6), Put(rows[1].id, one, 10)],
        actor=clerk,
        at=AT + timedelta(days=3),
    )
    assert {row.since for row in moved} == {AT}
    assert [(row.bin, row.quantity) for row in moved] == [(one, 4), (other, 6), (one, 10)]
    assert Fact.objects.get(name="logistics.goods-moved").payload["lines"] == 3
    assert stock.check() == posting.check() == []

    def put(*wanted: tuple[UUID, UUID, int], by: Actor = clerk) -> None:
        warehousing.put([Put(*one) for one in wanted], actor=by, at=AT)

    here = moved[0]
    for wanted, refusal in (
        ([(here.id, other, 1), (here.id, other, 4)], "stock-short"),
        ([(here.id, other, 1), (here.id, aside, 1)], "bin-unfit"),
        ([(here.id, one, 1)], "bin-same"),
    ):
        with pytest.raises(Refused) as no:
            put(*wanted)
        assert no.value.code == refusal
    with pytest.raises(NotFound):
        put((here.id, new_id(), 1))
    with pytest.raises(NotFound):
        put((here.id, other, 1), by=person(chain.keeper))
    with pytest.raises(Forbidden):
        put((here.id, other, 1), by=person(chain.seller, "sell"))
    assert StockRow.objects.get(pk=here.id).quantity == 4


def test_goods_of_others_lie_where_their_receipt_says(chain: Chain) -> None:
    chain.supply(6)
    chain.receive(chain.send(6), damaged=2)
    good = StockRow.objects.get(warehouse=chain.keeper, quality=Quality.GOOD)
    bad = StockRow.objects.get(warehouse=chain.keeper, quality=Quality.DAMAGED)
    assert chain.house is not None
    bins = chain.house.bins.exclude(pk=good.bin)
    second = Bin.objects.create(
        warehouse=chain.house, org=chain.keeper, code="QUAR2", x=9, y=9, is_quarantine=True
    )
    keeper = person(chain.keeper, "receive")
    with pytest.raises(Refused) as no:
        warehousing.put([Put(good.id, bins.get(code="A-02").id, 1)], actor=keeper, at=AT)
    assert no.value.code == "row-receipted"
    (moved,) = warehousing.put([Put(bad.id, second.id, 2)], actor=keeper, at=AT)
    assert (moved.bin, moved.quantity, moved.quality) == (second.id, 2, Quality.DAMAGED)


def test_the_parties_see_their_shipment_and_strangers_none(chain: Chain) -> None:
    chain.supply(5)
    chain.receive(chain.send(5))
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    counts = {}
    for name in ("seller", "dealer", "lender", "keeper", "stranger"):
        org = getattr(chain, name)
        with acting_for([org]):
            counts[name] = (
                shipments.visible_to(person(org)).count(),
                queries.receivings_visible_to(person(org)).count(),
                queries.receipts_visible_to(person(org)).count(),
                queries.warehouses_visible_to(person(org)).count(),
            )
    assert counts == {
        "seller": (1, 1, 0, 1),
        "dealer": (1, 1, 1, 1),
        "lender": (1, 1, 0, 1),
        "keeper": (1, 1, 1, 1),
        "stranger": (0, 0, 0, 0),
    }
    with connection.cursor() as cursor:
        cursor.execute("set local role heliu_worker")
