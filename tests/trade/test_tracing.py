"""Goods told apart by lot or serial number: named when they come, followed wherever they go."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_returns import do

from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue.operations import Article
from heliu.commerce.returns.policies import Judged
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.logistics.stock import back_orders, counting
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries as reading
from heliu.logistics.stock.models import Mark, Pieces, StockRow, Trace
from heliu.logistics.stock.moves import Short
from heliu.logistics.stock.policies import Marked
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing import operations as house
from heliu.logistics.warehousing import queries as warehousing
from heliu.logistics.warehousing.operations import Put
from heliu.logistics.warehousing.policies import Count
from heliu.trade import back_orders as arriving
from heliu.trade import cases, deliveries, place_order, returns, tracing
from heliu.trade.placed import Placed

SALES, OPERATOR = "sales@seller.demo", "ops@operator.demo"


def told_apart(world: World, tracking: str, code: str = "M2") -> None:
    """None of an article lies anywhere any more, and its pieces are told apart from now on."""
    seller = world.chain.seller
    with world.worker() as system:
        for row in StockRow.objects.filter(sku=world.chain.skus[code], quantity__gt=0):
            counting.recount(
                row.pk, actor=system, counted=0, reason="sold", key=str(row.pk), at=world.at
            )
    with world.desk(SALES) as sales:
        catalogue.write_articles([Article(code, tracking=tracking)], actor=sales, seller=seller)


def come(world: World, *marks: Marked, code: str = "M2") -> None:
    """Expected goods are here, by name."""
    with world.desk(SALES) as sales:
        pieces = sum(one.quantity for one in marks)
        day = day_of(world.at)
        due = back_orders.expect(world.chain.skus[code], pieces, day, actor=sales, at=world.at)
        arriving.arrived(due.pk, pieces, actor=sales, at=world.later(minutes=1), marks=marks)


def unnamed(world: World) -> None:
    with world.desk(SALES) as sales:
        due = back_orders.expect(
            world.chain.skus["M2"], 2, day_of(world.at), actor=sales, at=world.at
        )
        arriving.arrived(due.pk, 2, actor=sales, at=world.at)


def ordered(world: World, pieces: int) -> Placed:
    placed = life.place(world, pay_by="TERMS", M2=pieces)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    return placed


def lying(world: World, org: Any) -> dict[str, int]:
    with world.worker():
        found = Pieces.objects.filter(row__isnull=False, owner=org).order_by("mark__code")
        return dict(found.values_list("mark__code").annotate(Sum("quantity")))


def count(world: World, shipment: Shipment, *counted: Any) -> None:
    with world.desk(world.dealer) as dealer:
        (line,) = Shipment.objects.get(pk=shipment.pk).lines.all()
        counts = [Count(line.id, *counted)]
        deliveries.goods_received(shipment.id, actor=dealer, counts=counts, at=world.later(days=1))


def at_once(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("set constraints all immediate")


def serials(*codes: str) -> tuple[Marked, ...]:
    return tuple(map(Marked, codes))


def test_a_serial_from_its_coming_to_its_claim(world: World) -> None:
    told_apart(world, "SERIAL")
    with pytest.raises(Refused, match="marks-missing"):
        unnamed(world)
    come(world, *serials("A1", "A2", "A3", "A4"))
    with pytest.raises(Refused, match="serial-there"):
        come(world, *serials("A4"))
    placed = ordered(world, 3)
    with world.desk(SALES) as sales:
        (line,) = placed.order.lines.all()
        ship = {"actor": sales, "carrier": "Shunda", "at": world.later(hours=1)}
        with pytest.raises(Refused, match="mark-not-here"), transaction.atomic():
            deliveries.ship(placed.order.id, marks={line.pk: serials("A1", "A2", "B9")}, **ship)
        sent = deliveries.ship(placed.order.id, marks={line.pk: serials("A2", "A3", "A4")}, **ship)
    dealer_org = world.chain.dealers["D001"]
    assert (lying(world, world.chain.seller), lying(world, dealer_org)) == ({"A1": 1}, {})
    with world.desk(world.dealer) as dealer:
        on_the_way = tracing.of_shipment(dealer, sent.pk)
        assert on_the_way == {line.sku_id: [("A2", 1), ("A3", 1), ("A4", 1)]}
    with pytest.raises(Refused, match="marks-wanted"):
        count(world, sent, 2, 1)
    count(world, sent, 2, 1, (), serials("A3"))
    assert lying(world, dealer_org) == {"A2": 1, "A3": 1, "A4": 1}

    with world.desk(world.dealer) as dealer:
        said = {"actor": dealer, "position": 1, "kind": "QUALITY", "text": "broken", "at": world.at}
        for wrong in ("", "A1"):
            with pytest.raises(Refused), transaction.atomic():
                cases.open_case(placed.order.number, serial=wrong, **said)
        case = cases.open_case(placed.order.number, serial="A2", **said)
        asked = {"actor": dealer, "remedy": "CREDIT", "quantities": {1: 1}, "reason": "broken"}
        with pytest.raises(Invalid, match="serials-wanted"), transaction.atomic():
            returns.ask(placed.order.number, at=world.at, **asked)
        found = returns.ask(
            placed.order.number, at=world.at, marks={1: ["A2"]}, case=case.pk, **asked
        )
    do(world, SALES, returns.agree, found)
    do(world, world.dealer, returns.send, found)
    do(world, SALES, returns.receive, found, [Judged(1, 0, 1, 1)])
    assert lying(world, world.chain.seller) == {"A1": 1, "A2": 1}
    for who in (SALES, OPERATOR):
        with world.desk(who) as actor:
            (mark,) = tracing.find(actor, "a2")
            told = tracing.history(actor, mark)
            kinds = [one.kind for one in reversed(told.happened)]
            moved = ["supplied", "shipped", "received", "shipped", "received"]
            assert [kind for kind in kinds if kind not in ("case", "return")] == moved
            assert told.happened[0].is_damaged
            if who == SALES:
                assert sorted({*kinds} - {*moved}) == ["case", "return"]
            assert [one.quantity for one in told.places] == [1]
            sent_by = [one.link for one in told.happened if one.kind == "shipped"]
            # The operator sees that they were sent, not what by.
            assert sent_by[-1] == (f"/deals/{placed.deal.number}" if who == SALES else "")
    with world.desk("owner@d002.demo") as stranger:
        assert tracing.find(stranger, "A2") == []
    laws.hold(world)


def test_of_lots_the_first_expiring_go_and_what_is_over_stays(world: World) -> None:
    told_apart(world, "LOT")
    today = day_of(world.at)
    later, over = today + timedelta(days=90), today + timedelta(days=1)
    come(world, Marked("OLD", 10, over), Marked("LATE", 10, later + timedelta(days=1)))
    come(world, Marked("SOON", 4, later))
    world.later(days=3)
    placed = ordered(world, 6)
    sent = life.ship(world, placed)
    assert lying(world, world.chain.seller) == {"LATE": 8, "OLD": 10}
    count(world, sent, 6)
    assert lying(world, world.chain.dealers["D001"]) == {"LATE": 2, "SOON": 4}
    short = ordered(world, 9)
    with pytest.raises(Refused, match="marks-too-few"):
        life.ship(world, short)
    with pytest.raises(Refused, match="lot-differs"):
        come(world, Marked("LATE", 1, today))
    laws.hold(world)


def test_a_row_is_counted_by_its_lots_and_only_what_differs_moves(world: World) -> None:
    told_apart(world, "LOT")
    come(world, Marked("L1", 10), Marked("L2", 5))
    with world.worker() as system:
        row = StockRow.objects.get(sku=world.chain.skus["M2"], has_goods=True)
        counted = {"actor": system, "reason": "year's end", "at": world.at}
        with pytest.raises(Invalid, match="count-unclear"):
            counting.recount(row.pk, counted=3, key="0", **counted)
        soon = day_of(world.at) + timedelta(days=9)
        seen = (Marked("L1", 4), Marked("L3", 2, soon), Marked("L1", 3), Marked("L2", 5))
        for _ in range(2):  # the second time it is as the books say
            row = counting.recount(row.pk, pieces=seen, key="1", **counted)
            assert row.quantity == 14
        found = Fact.objects.filter(name="logistics.stock-adjusted", payload__reason="year's end")
        assert [one.payload["difference"] for one in found] == [-1]
    assert lying(world, world.chain.seller) == {"L1": 7, "L2": 5, "L3": 2}
    with world.desk(SALES) as sales:  # what nobody names goes by its last day, then by its number
        first = reading.first_to_go(sales, {row.pk: 9})
        assert [(one.code, one.quantity) for one in first[row.pk]] == [("L3", 2), ("L1", 7)]
    placed = ordered(world, 14)
    with world.worker() as system, pytest.raises(Short):  # promised goods are not counted away
        counting.recount(row.pk, pieces=seen[1:], key="2", **(counted | {"actor": system}))
    assert placed.order.total


def flag(world: World, tracking: str, code: str = "M2") -> None:
    """The seller says how pieces of an article are told apart."""
    with world.desk(SALES) as sales:
        one = Article(code, tracking=tracking)
        catalogue.write_articles([one], actor=sales, seller=world.chain.seller)


@pytest.mark.parametrize("tracking", ["LOT", "SERIAL"])
def test_what_is_there_when_an_article_is_told_apart_is_one_lot_until_a_count(
    world: World, tracking: str
) -> None:
    placed, other = ordered(world, 3), ordered(world, 2)
    sent = life.ship(world, placed)
    count(world, sent, 3)
    on_the_way = life.ship(world, other)
    flag(world, tracking)
    seller, dealer = world.chain.seller, world.chain.dealers["D001"]
    assert lying(world, dealer) == {"UNNAMED": 3}
    with world.desk(world.dealer) as actor:
        assert list(tracing.of_shipment(actor, on_the_way.pk).values()) == [[("UNNAMED", 2)]]
    count(world, on_the_way, 2)
    assert lying(world, dealer) == {"UNNAMED": 5}
    with pytest.raises(Refused, match="tracking-fixed"):
        flag(world, "SERIAL" if tracking == "LOT" else "LOT")
    with world.worker() as system:
        row = StockRow.objects.get(sku=world.chain.skus["M2"], owner=seller, has_goods=True)
        whole = row.quantity
        counted = {"actor": system, "key": "c", "reason": "read off", "at": world.at}
        named = (*serials("L1", "L2"), Marked("UNNAMED", whole - 2))
        row = counting.recount(row.pk, pieces=named, **counted)
        assert row.quantity == whole
    assert lying(world, seller) == {"L1": 1, "L2": 1, "UNNAMED": whole - 2}
    with world.desk(world.dealer) as actor:  # its pieces came without a number
        said = {"actor": actor, "position": 1, "kind": "DAMAGED", "text": "broken", "at": world.at}
        cases.open_case(placed.order.number, **said)
        asked = {"actor": actor, "remedy": "CREDIT", "quantities": {1: 1}, "reason": "broken"}
        back = returns.ask(placed.order.number, at=world.at, **asked)
    do(world, SALES, returns.agree, back)
    do(world, world.dealer, returns.send, back)
    do(world, SALES, returns.receive, back, [Judged(1, 1, 0, 1)])
    assert lying(world, seller) == {"L1": 1, "L2": 1, "UNNAMED": whole - 1}
    laws.hold(world)


def test_pieces_that_are_put_elsewhere_are_named_or_the_first_to_expire(world: World) -> None:
    told_apart(world, "LOT")
    soon = day_of(world.at) + timedelta(days=9)
    come(world, Marked("LATE", 5), Marked("SOON", 5, soon))
    with world.desk(SALES) as sales:
        row = StockRow.objects.get(sku=world.chain.skus["M2"], has_goods=True)
        bins = warehousing.own_bins(sales).filter(is_quarantine=False)
        first, second = (one.pk for one in bins.exclude(pk=row.bin)[:2])
        wanted = [Put(row.pk, first, 6), Put(row.pk, second, 2, (Marked("LATE", 2),))]
        with pytest.raises(Refused, match="mark-not-here"), transaction.atomic():
            house.put([Put(row.pk, first, 1, serials("L9"))], actor=sales, at=world.at)
        house.put(wanted, actor=sales, at=world.at)
        found = {
            (one.row.bin, one.mark.code): one.quantity
            for one in Pieces.objects.filter(row__isnull=False).select_related("row", "mark")
        }
    assert found == {
        (first, "SOON"): 5, (first, "LATE"): 1, (second, "LATE"): 2, (row.bin, "LATE"): 2,
    }  # fmt: skip


def test_goods_that_move_while_their_article_is_told_apart_are_not_lost(world: World) -> None:
    start = Barrier(2, timeout=60)
    with world.desk(SALES) as sales:
        pass

    def bring() -> None:
        with acting_for(sales.orgs):
            start.wait()
            for n in range(20):
                line = stock.Supply(world.chain.skus["M2"], 1, lot=f"R{n}", marks=serials("X"))
                owner = sales.own_org
                stock.supply(
                    [line], owner=owner, warehouse=owner, key=str(new_id()), subject=new_id(),
                    at=world.at,
                )  # fmt: skip
        connection.close()

    one = Thread(target=bring)
    one.start()
    start.wait()
    flag(world, "LOT")
    one.join()
    with world.worker():
        rows = StockRow.objects.filter(sku=world.chain.skus["M2"], has_goods=True)
        assert len(rows) > 20
        for row in rows:
            assert row.is_traced
            assert sum(row.pieces.values_list("quantity", flat=True)) == row.quantity


def test_the_database_holds_it_against_everybody(world: World) -> None:
    told_apart(world, "LOT")
    come(world, Marked("L1", 5))
    with world.worker():
        for wrong in (
            "update stock_pieces set quantity = 4",
            "delete from stock_pieces",
            "update stock_stockrow set quantity = quantity + 1 where is_traced and has_goods",
            "update goods_sku set tracking = '' where code = 'M2'",
            "update stock_trace set quantity = 1",
            "insert into stock_pieces (mark_id, is_serial, sku_id, seller, owner, warehouse, away,"
            " ref, quantity) select mark_id, true, sku_id, seller, owner, warehouse, 'missing', n,"
            " 1 from stock_pieces, unnest(array['a', 'b']) n",
        ):
            with pytest.raises(IntegrityError):
                at_once(wrong)


def test_a_number_that_two_take_in_at_once_is_there_once(world: World) -> None:
    told_apart(world, "SERIAL")
    start, said = Barrier(2, timeout=60), []
    with world.desk(SALES) as sales:
        pass

    def bring() -> None:
        try:
            with acting_for(sales.orgs):
                start.wait()
                line = stock.Supply(world.chain.skus["M2"], 1, marks=serials("X"))
                owner = sales.own_org
                stock.supply(
                    [line], owner=owner, warehouse=owner, key=str(new_id()), subject=new_id(),
                    at=world.at,
                )  # fmt: skip
            said.append("in")
        except Refused as refused:
            said.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=bring) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["in", "serial-there"]
    with world.worker():
        assert Pieces.objects.filter(mark__code="X").count() == 1
        assert (Mark.objects.count(), Trace.objects.count()) == (1, 1)


def test_goods_that_are_not_told_apart_cost_no_statement_more(
    world: World,
) -> None:
    with world.worker():
        sku = Sku.objects.get(pk=world.chain.skus["M1"])
        owner = world.chain.seller
        issue = [stock.Issue(sku.pk, 1, None)]
        named = {"owner": owner, "warehouse": owner, "new_owner": world.chain.dealers["D001"]}
        stock.issue(issue, shipment=new_id(), at=world.at, **named)
        with CaptureQueriesContext(connection) as asked:
            stock.issue(issue, shipment=new_id(), at=world.at, **named)
        assert not [one for one in asked if re.search("stock_(pieces|mark|trace)", one["sql"])]
