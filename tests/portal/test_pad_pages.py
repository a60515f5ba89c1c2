"""The order pad's page: what is wrong in a row, how it is mended, long lists, two people at one."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.conftest import be
from tests.portal.browsing import browser, read, send
from tests.trade.conftest import World
from tests.trade.test_back_orders import allow, emptied, expect

from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue.operations import NewPack
from heliu.commerce.ordering import queries
from heliu.commerce.ordering.models import CartLine
from heliu.commerce.ordering.paste import MOST_ROWS
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.goods.models import Sku, UnitOfMeasure

PAD = "/dealer/pad"


def packed(demo: World, code: str, least: int = 1, pack: int = 1) -> None:
    with demo.worker():
        Sku.objects.filter(code=code).update(order_minimum=least, order_multiple=pack)


def fields(page: str) -> dict[str, list[str]]:
    """The rows of the form on a page, as a browser would send them."""
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    return {
        name: re.findall(rf'name="{name}" value="([^"]*)"', table)
        for name in ("n", "was", "code", "quantity", "remark")
    }


def post(client: Client, data: dict[str, Any], status: int = 200, path: str = PAD) -> str:
    be("heliu_web")
    answer = client.post(path, data)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def rows_of(page: str) -> list[tuple[str, str]]:
    found = fields(page)
    return [pair for pair in zip(found["code"], found["quantity"], strict=True) if any(pair)]


def fixes_of(page: str) -> list[str]:
    return re.findall(r'name="fix" value="([^"]+)"', page)


def test_a_row_s_button_takes_it_out_of_the_pad_and_the_cart(demo: World) -> None:
    dealer = browser(demo.dealer)
    page = post(dealer, {"code": ["M1", "B1"], "quantity": ["24", "2"], "action": "check"})
    first = re.search(r'name="out" value="(\d+)"', page)
    assert first
    page = post(dealer, {**fields(page), "out": first[1]})
    assert rows_of(page) == [("B1", "2")]
    assert rows_of(read(dealer, PAD)) == [("B1", "2")]
    with demo.worker():
        assert [line.sku.code for line in CartLine.objects.all()] == ["B1"]


def test_packs_and_minimums_are_said_and_mended(demo: World) -> None:
    packed(demo, "M1", least=24, pack=12)
    dealer = browser(demo.dealer)
    page = post(dealer, {"code": ["M1", "B1"], "quantity": ["7", "2"], "action": "check"})
    assert "The least that is sold at once is 24" in page
    assert fixes_of(page) == ["1:quantity:24"]
    page = post(dealer, {**fields(page), "fix": "1:quantity:24"})
    assert rows_of(page) == [("M1", "24"), ("B1", "2")]
    assert "2 packs of 12" in page
    page = post(dealer, {**fields(page), "quantity": ["30", "2"]})
    assert "packs of 12" in page
    assert fixes_of(page) == ["1:quantity:36", "1:quantity:24"]


def test_packs_are_typed_and_pasted_by_their_name(demo: World) -> None:
    system, skus = Actor.system(), demo.chain.skus
    with demo.worker():
        UnitOfMeasure.objects.create(code="CTN", name="carton", name_zh="箱")
        packs = [NewPack(skus["M1"], "CTN", 12)]
        catalogue.pack(actor=system, seller=demo.chain.seller, packs=packs)
    dealer = browser(demo.dealer)
    page = post(dealer, {"paste": "M1 3 箱\nB1\t2 cartons", "action": "check"})
    assert rows_of(page) == [("M1", "3 箱"), ("B1", "2 cartons")]
    assert "36 pieces" in page
    assert "These goods have no pack of this name" in page
    with demo.worker():
        assert set(CartLine.objects.values_list("quantity", flat=True)) == {36}
    form = fields(page)
    form["code"][1], form["quantity"][1] = "m1", "4"
    page = post(dealer, {**form, "fix": "2:add:1"})
    assert rows_of(page) == [("M1", "3 箱 + 4")]  # a person says what is meant


def test_goods_in_two_rows_are_put_together(demo: World) -> None:
    dealer = browser(demo.dealer)
    typed = {"code": ["M1", "B1", "m1"], "quantity": ["5", "1", "7"], "action": "check"}
    page = post(dealer, typed)
    assert "These goods stand in row 1 already" in page
    assert fixes_of(page) == ["3:add:1", "3:instead:1", "3:drop:"]
    form = fields(page)
    assert rows_of(post(dealer, {**form, "fix": "3:add:1"})) == [("M1", "12"), ("B1", "1")]
    post(dealer, {"action": "clear"}, 303)
    form = fields(post(dealer, typed))
    assert rows_of(post(dealer, {**form, "fix": "3:instead:1"})) == [("m1", "7"), ("B1", "1")]
    post(dealer, {"action": "clear"}, 303)
    form = fields(post(dealer, typed))
    assert rows_of(post(dealer, {**form, "fix": "3:drop:"})) == [("M1", "5"), ("B1", "1")]


def test_goods_without_a_price_are_not_for_this_buyer(demo: World) -> None:
    with demo.worker(), connection.cursor() as cursor:
        cursor.execute(
            "delete from pricing_listprice p using goods_sku s where s.id = p.sku_id and"
            " (s.code = 'B1' or s.code = 'M1' and p.min_quantity = 1)"
        )
    page = post(browser(demo.dealer), {"code": ["B1", "M1"], "quantity": ["1", "7"]})
    assert "These goods are not on sale to you" in page
    assert "The least that is sold at once is 100" in page  # where the first price begins


def test_a_row_that_is_emptied_stays_away(demo: World) -> None:
    dealer = browser(demo.dealer)
    form = fields(post(dealer, {"code": ["M1", "B1"], "quantity": ["5", "2"], "action": "check"}))
    form["code"][0] = form["quantity"][0] = ""
    post(dealer, form, path="/dealer/pad/price")
    assert rows_of(read(dealer, PAD)) == [("B1", "2")]


def test_two_people_at_the_house_s_pad_lose_nothing(demo: World) -> None:
    one, two = browser(demo.dealer), browser(demo.dealer)
    post(one, {"pad": "house", "code": ["M1", "B1"], "quantity": ["5", "2"], "action": "check"})
    mine, theirs = (fields(read(client, f"{PAD}?pad=house")) for client in (one, two))
    theirs["quantity"][0] = "9"
    post(two, {**theirs, "pad": "house"}, path="/dealer/pad/price")
    mine["quantity"][0], mine["quantity"][1] = "6", "3"
    page = post(one, {**mine, "pad": "house", "action": "check"})
    assert "Somebody else has changed 1 of these lines meanwhile" in page
    assert rows_of(page) == [("M1", "9"), ("B1", "3"), ("M1", "6")]
    assert "stand in row 1 already" in page
    assert "Changed last by" in page
    assert rows_of(read(one, f"{PAD}?pad=mine")) == []


def test_ten_thousand_rows_come_in_parts_and_are_read_by_the_leaf(demo: World) -> None:
    dealer = browser(demo.dealer)
    head, lines = "型号\t数量", [f"X{n}\t1" for n in range(MOST_ROWS - 2)]
    lines = ["M1\t5", *lines, "B1\t2"]
    half = len(lines) // 2
    for at, part in ((0, [head, *lines[:half]]), (half, [head, *lines[half:]])):
        form = {"part": str(at), "paste": "\n".join(part), "idempotency_key": f"list-of-goods-{at}"}
        post(dealer, form, path="/dealer/pad/add")
        post(dealer, form, path="/dealer/pad/add")  # sent twice, read once
    page = read(dealer, PAD)
    assert "1 to 100 of 10,000" in page
    assert len(rows_of(page)) == 100
    assert "Next page" in page
    assert "9998 lines need a change" in page
    last = read(dealer, f"{PAD}?leaf=99")
    form = fields(last)
    assert form["code"][-1] == "B1"
    form["quantity"][-1] = "3"
    be("heliu_web")
    with CaptureQueriesContext(connection) as asked:
        post(dealer, {**form, "leaf": "1"}, path="/dealer/pad/price")
    assert len(asked) <= 40, len(asked)
    assert "M1" not in str(rows_of(read(dealer, f"{PAD}?show=bad")))
    with demo.desk(demo.dealer) as actor:
        kept = queries.pad(actor, demo.chain.seller).rows
    assert (len(kept), kept[0].code, kept[-1].quantity) == (MOST_ROWS, "M1", "3")
    send(dealer, PAD, {**form, "leaf": "1", "action": "order"}, to="checkout")
    with demo.desk(demo.dealer) as actor:
        assert len(queries.pad(actor, demo.chain.seller).rows) == MOST_ROWS - 2
        assert [line.quantity for line in queries.cart(actor, demo.chain.seller)] == [3, 5]


def test_a_list_without_a_heading_is_read_in_parts_too(demo: World) -> None:
    dealer = browser(demo.dealer)
    for at, text in ((0, "M1\t5\nB1\t2"), (2, "M1\t5\nM2\t4")):  # each begins with the first row
        form = {"part": str(at), "paste": text, "idempotency_key": f"no-heading-{at}"}
        post(dealer, form, path="/dealer/pad/add")
    assert rows_of(read(dealer, PAD)) == [("M1", "5"), ("B1", "2"), ("M2", "4")]


def days_of(page: str) -> list[tuple[str, str, str]]:
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    days = re.findall(r'name="day" value="([^"]*)"', table)
    found = fields(page)
    return [row for row in zip(found["code"], found["quantity"], days, strict=True) if any(row)]


def split(dealer: Client, action: str, quantity: str) -> list[tuple[str, str, str]]:
    page = post(dealer, {"code": ["b1"], "quantity": [quantity], "action": "check"})
    post(dealer, {**fields(page), "day": "", "action": action}, status=303)
    return days_of(read(dealer, PAD))


def test_what_is_not_there_yet_is_ordered_in_two_or_all_at_once(demo: World) -> None:
    """Four lie there; the pad says what waits, splits the line in whole packs, and the order has
    it so."""
    allow(demo, 50)
    emptied(demo)
    dealer = browser(demo.dealer)
    page = post(dealer, {"code": ["B1", "M1"], "quantity": ["10", "3"], "action": "check"})
    assert "4 at once, 6 when goods have come" in page
    assert "Nobody knows yet by when it comes" in page
    assert "APART" not in page
    expect(demo, 60, days=9)
    until = (day_of(demo.at) + timedelta(days=9)).isoformat()
    page = read(dealer, PAD)
    assert 'value="APART:B1"' in page
    assert "1 article is not all there yet" in page
    post(dealer, {**fields(page), "day": "", "action": "APART"}, status=303)
    page = read(dealer, PAD)
    assert days_of(page) == [("B1", "4", ""), ("B1", "6", until), ("M1", "3", "")]
    assert "when goods have come" not in page
    with demo.worker():
        assert [part["on"] for part in CartLine.objects.get(sku__code="B1").parts] == [None, until]
    post(dealer, {"action": "clear"}, status=303)
    packed(demo, "B1", pack=3)
    assert split(dealer, "APART:b1", "12") == [("b1", "3", ""), ("b1", "9", until)]
    post(dealer, {"action": "clear"}, status=303)
    assert split(dealer, "TOGETHER", "12") == [("b1", "12", until)]


def test_goods_from_the_catalogue_stand_in_the_pad_with_name_and_price(demo: World) -> None:
    """They are in the cart, not in the pad's draft yet, and are judged like what was typed."""
    dealer, mug = browser(demo.dealer), demo.chain.skus["M1"]
    send(dealer, "/dealer/cart", {"seller": "seller", f"q-{mug}": "3"}, to="/dealer/catalogue")
    page = read(dealer, PAD)
    assert rows_of(page) == [("M1", "3")]
    first = page[page.index('id="row-1"') : page.index('id="row-2"')]
    assert re.search(r'id="row-1-hint">[^<]+', first)
    assert re.search(r'id="row-1-sum"><', first)


def test_rows_to_change_are_taken_away_mended_and_read_again(demo: World) -> None:
    dealer = browser(demo.dealer)
    page = post(dealer, {"code": ["M1", "M1X"], "quantity": ["2.5", "4"], "action": "check"})
    assert fixes_of(page)[:2] == ["1:quantity:3", "1:quantity:2"]
    assert "/dealer/pad/bad?" in page
    head, *rows = read(dealer, "/dealer/pad/bad?seller=seller&pad=mine&as=csv").splitlines()
    assert [row.split(",")[:2] for row in rows] == [["M1", "2.5"], ["M1X", "4"]]
    assert rows[0].endswith("Only whole pieces can be ordered")
    mended = "\n".join([head, *rows]).replace("2.5", "3").replace("M1X", "B1").replace(",", "\t")
    post(dealer, {"action": "clear"}, status=303)
    post(dealer, {"paste": mended, "action": "read"}, status=303)
    assert rows_of(read(dealer, PAD)) == [("M1", "3"), ("B1", "4")]
