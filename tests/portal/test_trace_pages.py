"""Goods told apart on the pages: flagged, taken in by scanner, sent, counted, looked up."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from tests.portal.browsing import browser, key_in, read
from tests.trade import life
from tests.trade.conftest import World
from tests.trade.test_tracing import told_apart

from heliu.kernel.clock import day_of
from heliu.logistics.stock import back_orders, counting
from heliu.logistics.stock.models import Pieces, StockRow
from heliu.logistics.stock.policies import Marked

SALES, KEEPER = "sales@seller.demo", "gate@warehouse.demo"


@pytest.fixture
def sold(demo: World) -> World:
    """The seller expects five red mugs with numbers."""
    told_apart(demo, "SERIAL")
    with demo.desk(SALES) as sales:
        sku = demo.chain.skus["M2"]
        back_orders.expect(sku, 5, day_of(demo.at), actor=sales, at=demo.at)
    return demo


def post(who: Any, address: str, form: dict[str, str], status: int = 303) -> str:
    key = key_in(read(who, address))
    said = who.post(address, {**form, "idempotency_key": key})
    assert said.status_code == status, said.content.decode()[:2000]
    return str(said.content.decode())


def test_from_the_gate_to_the_history(sold: World) -> None:
    seller, keeper = browser(SALES), browser(KEEPER)
    (arrived,) = set(
        re.findall(r'href="(/seller/supply/[^"]+/arrived)"', read(seller, "/seller/supply"))
    )
    assert "Scan each piece" in read(seller, arrived)
    post(seller, arrived, {"quantity": "5", "marks": "A1\nA2\n"}, status=422)
    post(seller, arrived, {"quantity": "5", "marks": "A1\nA2\nA3, A4 A5\n"})
    placed = life.place(sold, M2=3)
    life.sign(sold, placed)
    sold.bank()
    with sold.desk(SALES):
        (line,) = placed.order.lines.all()
    ship = f"/deals/{placed.deal.number}/ship"
    chosen = {f"line-{line.pk}": "3", f"marks-{line.pk}": "A1 A3\nA5", "carrier": "Shunda"}
    post(seller, ship, chosen)
    (count,) = set(
        re.findall(r'href="(/warehouse/receive/SH[^"]+)"', read(keeper, "/warehouse/receive"))
    )
    page = read(keeper, count)
    assert "A1</span>, " in page
    (good,) = re.findall(r'name="(good-marks-[^"]+)"', page)
    scanned = {good: "A1\nA5\n", good.replace("good", "damaged"): "A3"}
    told = keeper.post(count, {**scanned, "idempotency_key": key_in(page)})
    shown = re.findall(r'name="shown" value="([^"]+)"', told.content.decode())
    assert shown == ["2/1"]
    said = {**scanned, "shown": shown[0], "idempotency_key": key_in(page)}
    assert keeper.post(count, said).status_code == 303
    with sold.worker():
        lying = Pieces.objects.filter(row__isnull=False).order_by("mark__code")
        assert [(one.mark.code, one.row.quality) for one in lying] == [
            ("A1", "GOOD"), ("A2", "GOOD"), ("A3", "DAMAGED"), ("A4", "GOOD"), ("A5", "GOOD"),
        ]  # fmt: skip
    page = read(seller, "/traces?q=a3")
    assert "Counted in" in page
    assert "Damaged" in page
    assert "Nothing of this number" in read(browser("owner@d002.demo"), "/traces?q=a3")
    assert "Counted in" in read(keeper, "/traces?q=A3")
    for who in (seller, keeper, browser(sold.dealer)):
        (there,) = set(re.findall(r'href="([^"]+)" translate="no">SH', read(who, "/traces?q=a3")))
        assert there == f"/deals/{placed.deal.number}"
        read(who, there)
    # One is counted anew: what differs is shown first, then written down, and told to the owner.
    with sold.worker():
        damaged = lying.get(mark__code="A3").row_id
    lot = f"/warehouse/lots/{damaged}"
    assert lot in read(keeper, "/warehouse/lots")
    page = read(keeper, lot)
    assert "A3" in page
    said = {"counted": "A7", "reason": "not found", "idempotency_key": key_in(page)}
    assert "A7 is not on record" in keeper.post(lot, said).content.decode()
    said["counted"] = ""
    told = keeper.post(lot, said).content.decode()
    assert [word in told for word in ("Missing", "A3", "Write it down")] == [True] * 3
    shown = {"shown": unescape(re.findall(r'name="shown" value="([^"]*)"', told)[0])}
    assert keeper.post(lot, {**said, **shown, "reason": " "}).status_code == 422
    assert keeper.post(lot, {**said, **shown}).status_code == 303
    with sold.desk(KEEPER) as gate:  # it lay behind a shelf
        counting.recount(
            damaged, actor=gate, pieces=[Marked("A3")], reason="found", key="f", at=sold.at
        )
    with sold.worker():
        assert [one.mark.code for one in Pieces.objects.filter(row=damaged)] == ["A3"]
        bound = lying.get(mark__code="A1").row_id
    assert "are not counted away" in read(keeper, f"/warehouse/lots/{bound}")
    assert browser(SALES).get(lot).status_code in (403, 404)


def test_a_seller_names_what_lies_there_by_a_count(demo: World) -> None:
    with demo.worker():
        sku = demo.chain.skus["M2"]
        row = StockRow.objects.get(sku=sku, owner=demo.chain.seller, has_goods=True)
    seller, article = browser(SALES), f"/seller/goods/{sku}"
    page = read(seller, article)
    assert f"/seller/lots/{row.pk}" in page
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    said = {**{k: unescape(v) for k, v in fields.items()}, "tracking": "LOT", "act": "save"}
    said |= {"family": "mugs", "unit": "PCS", "idempotency_key": key_in(page)}
    assert seller.post(article, said).status_code == 303
    lot = f"/seller/lots/{row.pk}"
    page = read(seller, lot)
    assert "UNNAMED were here" in page
    count = {
        "counted": f"L7 100\nUNNAMED {row.quantity - 100}", "reason": "read off the boxes",
        "idempotency_key": key_in(page),
    }  # fmt: skip
    told = seller.post(lot, count).content.decode()
    shown = unescape(re.findall(r'name="shown" value="([^"]*)"', told)[0])
    assert shown == "+100:L7 -100:UNNAMED"
    assert seller.post(lot, {**count, "shown": shown}).status_code == 303
    with demo.worker():
        assert sorted(row.pieces.values_list("mark__code", "quantity")) == [
            ("L7", 100), ("UNNAMED", row.quantity - 100),
        ]  # fmt: skip
    assert browser("owner@d001.demo").get(lot).status_code in (403, 404)
