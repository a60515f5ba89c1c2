"""Goods are moved, never made; what is promised follows from what is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from pytest_django import DjangoAssertNumQueries
from tests.logistics.conftest import AT, Chain, person

from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden
from heliu.kernel.events.models import Fact
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.logistics.stock import counting, queries
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.ends import Beyond, End, Move, Place, Virtual
from heliu.logistics.stock.models import Quality, StockRow
from heliu.logistics.stock.moves import move_goods
from heliu.logistics.stock.policies import first_in_first_out


def available(chain: Chain, sku: int = 0, **at: object) -> int:
    one = chain.skus[sku]
    return queries.available([one], owner=chain.seller, warehouse=chain.seller, **at)[one]


def reserve(chain: Chain, quantity: int, **more: object) -> object:
    id = new_id()
    stock.reserve(
        [(id, chain.skus[0], quantity)],
        owner=chain.seller,
        warehouse=chain.seller,
        subject=new_id(),
        at=AT,
        **more,
    )
    return id


def test_oldest_rows_go_first() -> None:
    assert first_in_first_out([3, 5, 2], 4) == [3, 1, 0]
    assert first_in_first_out([3, 5, 2], 10) == [3, 5, 2]
    assert first_in_first_out([3], 4) is None
    assert first_in_first_out([], 0) == []


def test_a_reservation_takes_what_is_free_and_gives_it_back(chain: Chain) -> None:
    chain.supply(10)
    kept = reserve(chain, 7)
    assert available(chain) == 3
    with pytest.raises(stock.Short) as short:
        reserve(chain, 4)
    assert short.value.sku == chain.skus[0]
    assert available(chain) == 3
    stock.void_reservations([kept], at=AT)
    assert available(chain) == 10


def test_what_was_never_there_cannot_be_reserved(chain: Chain) -> None:
    with pytest.raises(stock.Short) as short:
        reserve(chain, 1)
    assert short.value.sku == chain.skus[0]


def test_all_lines_or_none(chain: Chain) -> None:
    chain.supply(5, 0)
    chain.supply(1, 1)
    with pytest.raises(stock.Short) as short:
        stock.reserve(
            [(new_id(), chain.skus[0], 5), (new_id(), chain.skus[1], 2)],
            owner=chain.seller,
            warehouse=chain.seller,
            subject=new_id(),
            at=AT,
        )
    assert short.value.sku == chain.skus[1]
    assert available(chain) == 5


def test_a_reservation_expires(chain: Chain) -> None:
    chain.supply(5)
    reserve(chain, 5, expires_at=AT + timedelta(hours=1))
    assert available(chain) == 0
    assert available(chain, at=AT + timedelta(hours=1)) == 5


def test_a_repeated_reservation_is_one(chain: Chain) -> None:
    chain.supply(5)
    id, order = new_id(), new_id()
    for _ in range(2):
        stock.reserve(
            [(id, chain.skus[0], 3)],
            owner=chain.seller,
            warehouse=chain.seller,
            subject=order,
            at=AT,
        )
    assert available(chain) == 2


def test_goods_go_out_oldest_first_and_title_with_them(chain: Chain) -> None:
    chain.supply(4, lot="new", at=AT + timedelta(days=1))
    chain.supply(3, lot="old", at=AT)
    chain.send(5)
    left = dict(StockRow.objects.filter(owner=chain.seller).values_list("lot", "quantity"))
    assert left == {"old": 0, "new": 2}
    assert available(chain) == 2
    assert posting.check() == []


def test_part_of_a_reservation_stays_set_aside(chain: Chain) -> None:
    chain.supply(10)
    kept = reserve(chain, 8)
    stock.issue(
        [stock.Issue(chain.skus[0], 3, kept)],
        owner=chain.seller,
        warehouse=chain.seller,
        new_owner=chain.dealer,
        shipment=new_id(),
        at=AT,
    )
    assert available(chain) == 2
    assert posting.hold_state([kept])[kept] == (-8, -3, True)


def test_reserved_goods_do_not_leave_without_their_reservation(chain: Chain) -> None:
    chain.supply(10)
    reserve(chain, 8)
    with pytest.raises(stock.Short):
        stock.issue(
            [stock.Issue(chain.skus[0], 3, None)],
            owner=chain.seller,
            warehouse=chain.seller,
            new_owner=chain.dealer,
            shipment=new_id(),
            at=AT,
        )


def test_a_shipment_is_not_received_twice(chain: Chain) -> None:
    chain.supply(10)
    shipment = chain.send(4)
    chain.receive(shipment)
    arrival = stock.Arrival(chain.skus[0], 1, 0, 0, "x", None, None)
    with pytest.raises((stock.Short, posting.KeyReused)):
        stock.receive(
            [arrival],
            owner=chain.dealer,
            sender=chain.seller,
            warehouse=chain.keeper,
            shipment=shipment.id,
            pledge=None,
            pledgee=None,
            at=AT,
        )


def test_a_count_is_told_and_changes_what_can_be_promised(chain: Chain) -> None:
    chain.supply(4)
    row = StockRow.objects.get(owner=chain.seller)
    keeper = person(chain.seller, "count")
    counted = counting.recount(row.id, actor=keeper, counted=3, reason="Broken", key="n1", at=AT)
    assert counted.quantity == 3
    assert available(chain) == 3
    counting.recount(row.id, actor=keeper, counted=5, reason="Found", key="n2", at=AT)
    assert available(chain) == 5
    told = Fact.objects.filter(name="logistics.stock-adjusted").order_by("number")
    assert [fact.payload["difference"] for fact in told] == [-1, 2]
    with pytest.raises(Forbidden):
        counting.recount(
            row.id, actor=person(chain.seller, "pick"), counted=1, reason="x", key="n3", at=AT
        )


def test_promised_goods_are_not_counted_away(chain: Chain) -> None:
    chain.supply(4)
    reserve(chain, 4)
    row = StockRow.objects.get(owner=chain.seller)
    with pytest.raises(stock.Short):
        counting.recount(
            row.id, actor=person(chain.seller), counted=3, reason="Gone", key="n", at=AT
        )


def test_a_known_set_moves_in_three_statements_and_promises_stay(
    chain: Chain, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bins = [new_id(), new_id()]
    free = [Place(sku, chain.seller, chain.seller, bins[0]) for sku in chain.skus]
    there = [place._replace(bin=bins[1]) for place in free]
    virtual = [Virtual(Beyond.SUPPLIER, sku, chain.seller, chain.seller) for sku in chain.skus]

    def move(sources: Sequence[End], targets: Sequence[End], quantity: int) -> dict:
        moves = [Move(*ends, quantity) for ends in zip(sources, targets, strict=True)]
        return move_goods(moves, kind="test", key=f"{new_id()}", subject=new_id(), at=AT)

    move(virtual, free, 10)
    reserve(chain, 10)
    move(free, there, 1)
    with django_assert_num_queries(3):
        rows = move(free, there, 4)
    assert [rows[place].quantity for place in (*free, *there)] == [5] * 6
    assert StockRow.objects.filter(has_goods=True, quantity=5).count() == 6
    assert available(chain) == 0
    with pytest.raises(stock.Short) as short:
        move(there[:2], free[:2], 6)
    assert short.value.sku in chain.skus[:2]
    assert posting.check() == queries.check() == []


def test_a_set_that_was_moved_is_not_moved_again(chain: Chain) -> None:
    chain.supply(5)
    here = Place(chain.skus[0], chain.seller, chain.seller)
    there = here._replace(lot="other")
    for _ in range(2):
        rows = move_goods(
            [Move(here, there, 2)], kind="test", key="once", subject=chain.seller, at=AT
        )
        assert (rows[here].quantity, rows[there].quantity) == (3, 2)


def test_the_database_keeps_damaged_goods_unbound(chain: Chain) -> None:
    chain.supply(4)
    row = StockRow.objects.get(owner=chain.seller)
    for wrong in (
        {"pledge": new_id()},
        {"pledge": new_id(), "pledgee": new_id(), "quality": Quality.DAMAGED},
        {"quantity": -1},
        {"quality": "FINE"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockRow.objects.filter(pk=row.pk).update(**wrong)


def test_quantities_for_acquaintances_rows_for_parties(chain: Chain) -> None:
    chain.supply(4)
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    seen = {}
    for name in ("seller", "dealer", "stranger"):
        with acting_for([getattr(chain, name)]):
            seen[name] = (available(chain), StockRow.objects.count())
    assert seen == {"seller": (4, 1), "dealer": (4, 0), "stranger": (0, 0)}
    with connection.cursor() as cursor:
        cursor.execute("set local role heliu_worker")


def test_a_row_that_was_empty_begins_its_age_anew(chain: Chain) -> None:
    chain.supply(5)
    (row,) = StockRow.objects.filter(sku=chain.skus[0])
    place = Place.of(row)
    beyond = Virtual(Beyond.SUPPLIER, place.sku, place.warehouse, place.owner)
    for days, source, target in ((3, place, beyond), (8, beyond, place), (9, beyond, place)):
        later = AT + timedelta(days=days)
        move_goods(
            [Move(source, target, 5, None)], kind="supplied", key=f"again-{days}",
            subject=new_id(), at=later,
        )  # fmt: skip
    row.refresh_from_db()
    assert (row.quantity, row.since) == (10, AT + timedelta(days=8))
