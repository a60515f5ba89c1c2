"""Lists are sorted by their heads and taken away as files: one way, the same rows, nobody else's."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.portal.test_terms_pages import sent
from tests.trade import life
from tests.trade.conftest import World
from tests.trade.test_returns import ask, delivered

from heliu.capital.terms.operations import granting
from heliu.capital.terms.operations.granting import Wanted
from heliu.commerce.ordering.models import Order
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.models import Organization
from heliu.trade import place_order

SELLER = "sales@seller.demo"
ORDERS, GOODS, DEALERS = "/seller/orders", "/seller/goods", "/seller/dealers"


def taken(client: Client, address: str, form: str = "csv", **asked: str) -> list[list[str]]:
    """The rows of the file that a list gives, its heads first."""
    be("heliu_web")
    answer = client.get(f"{address}?{urlencode({**asked, 'export': form})}")
    assert answer.status_code == 200, answer.content[:500]
    assert f'.{form}"' in answer["Content-Disposition"]
    if form == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        return [list(map(str, row)) for row in book.get_sheet_by_index(0).to_python()]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def column(rows: list[list[str]], head: str) -> list[str]:
    place = rows[0].index(head)
    return [row[place] for row in rows[1:]]


@pytest.fixture
def sold(demo: World) -> World:
    """Three orders of one dealer, the largest in the middle, and one of another."""
    for pieces in (3, 50, 7):
        demo.later(minutes=1)
        life.place(demo, pay_by="TRANSFER", M1=pieces)
    return demo


def test_a_press_on_a_head_sorts_and_another_turns_it_round(sold: World) -> None:
    seller = browser(SELLER)
    page = read(seller, f"{ORDERS}?tab=placed")
    (large,) = re.findall(r'<th scope="col" class="n"><a href="([^"]+)"', page)
    assert large == "?tab=placed&sort=-total"
    page = read(seller, ORDERS + large)
    assert 'aria-sort="descending"><a href="?tab=placed&sort=total"' in page
    sums = [
        float(x) for x in column(taken(seller, ORDERS, tab="placed", sort="-total"), "Amount, CNY")
    ]
    assert sums == sorted(sums, reverse=True)
    assert len(sums) == 3
    small = taken(seller, ORDERS, tab="placed", sort="total")
    assert [float(x) for x in column(small, "Amount, CNY")] == sorted(sums)
    shown = re.findall(r"SO-\d{4}-\d+", read(seller, f"{ORDERS}?tab=placed&sort=total"))
    assert list(dict.fromkeys(shown)) == column(small, "Number")
    assert read(seller, f"{ORDERS}?sort=secret&export=exe")  # what the list has not is not asked


def test_the_next_page_goes_on_in_the_same_order(
    sold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heliu.portal.seller import goods, orders

    seller = browser(SELLER)
    for module, address, sort, head in (
        (orders, ORDERS, "total", "Number"), (orders, ORDERS, "-number", "Number"),
        (goods, GOODS, "-code", "Model"), (goods, GOODS, "-goods", "Model"),
    ):  # fmt: skip
        monkeypatch.setattr(module, "ROWS", 2)
        wanted = column(taken(seller, address, sort=sort), head)
        found: list[str] = []
        here = f"?sort={sort}"
        while here:
            page = read(seller, address + here)
            table = page[page.index("<tbody>") : page.index("</tbody>")]
            codes = r">(SO-\d{4}-\d+)<" if module is orders else r'translate="no">(\w+)</a>'
            found += dict.fromkeys(re.findall(codes, table))
            here = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), "")
        assert [one for one in found if one in wanted] == found
        assert len(found) >= 3
        assert found == [one for one in wanted if one in found]


def test_a_page_goes_on_after_an_order_that_has_left_the_tab(
    sold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heliu.portal.seller import orders

    monkeypatch.setattr(orders, "ROWS", 1)
    seller = browser(SELLER)
    placed = column(taken(seller, ORDERS, tab="placed"), "Number")
    first = read(seller, f"{ORDERS}?tab=placed")
    (here,) = re.findall(r'rel="next" href="([^"]+)"', first)
    with sold.desk(SELLER) as actor:
        order = Order.objects.get(number=placed[0])
        place_order.confirm(order.pk, actor=actor, at=sold.at)
    page = read(seller, ORDERS + here)
    assert placed[1] in page
    assert placed[0] not in page


def test_a_file_holds_what_the_filters_leave_and_nobody_else_s(sold: World) -> None:
    seller, dealer = browser(SELLER), browser(sold.dealer)
    everything = column(taken(seller, ORDERS), "Number")
    number = everything[0]
    assert column(taken(seller, ORDERS, q=number), "Number") == [number]
    assert column(taken(seller, ORDERS, tab="cancelled"), "Number") == []
    assert column(taken(seller, ORDERS, party="d002"), "Number") == [
        one
        for one in everything
        if one not in column(taken(seller, ORDERS, party="d001"), "Number")
    ]
    assert taken(seller, ORDERS, "xlsx")[1][0] == number
    assert column(taken(seller, DEALERS), "Code") == sorted(column(taken(seller, DEALERS), "Code"))
    assert column(taken(seller, DEALERS, sort="-code"), "Code")[0] == "d002"
    assert set(column(taken(seller, GOODS, q="M1"), "Model")) == {"M1"}
    be("heliu_web")
    for address in (ORDERS, GOODS, DEALERS):
        assert dealer.get(f"{address}?export=csv").status_code in (403, 404)


def test_a_name_is_no_formula_in_a_file(sold: World) -> None:
    evil = '=HYPERLINK("http://evil")'
    with sold.worker():
        Sku.objects.filter(code="M1").update(name=evil)
        Organization.objects.filter(code="d001").update(name=evil)
    seller = browser(SELLER)
    assert f"'{evil}" in column(taken(seller, GOODS), "Goods")
    assert f"'{evil}" in column(taken(seller, DEALERS), "Dealer")
    assert f"'{evil}" in column(taken(seller, ORDERS), "Dealer")
    be("heliu_web")
    content = seller.get(f"{GOODS}?export=xlsx").content
    assert b"<f>" not in content


def test_more_than_is_counted_stays_in_its_order(
    sold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heliu.portal.ui import listing, parts

    for module in (listing, parts):
        monkeypatch.setattr(module, "EXACT_UP_TO", 2)
    seller = browser(SELLER)
    assert "More than 2 rows are not sorted" in read(seller, f"{ORDERS}?sort=-total")
    assert taken(seller, ORDERS, sort="-total") == taken(seller, ORDERS)
    assert "are not sorted" not in read(seller, f"{ORDERS}?sort=number")


def test_vat_invoices_are_sorted_and_taken_by_both_sides(demo: World) -> None:
    for who, address, head in (
        (SELLER, "/seller/vat", "Buyer"), (demo.dealer, "/dealer/vat", "Seller"),
    ):  # fmt: skip
        client = browser(who)
        assert taken(client, address, sort="-gross")[0][4] == head
        assert read(client, f"{address}?sort=gross")


def test_what_is_owed_is_sorted_and_taken_by_both_sides(demo: World) -> None:
    """The open invoices of a pair, the board over all dealers, and the deals of either."""
    small, large = sent(demo, 2), sent(demo, 5)
    seller, dealer = browser(SELLER), browser(demo.dealer)
    for client, address in (
        (seller, f"/seller/receivables/{demo.chain.dealers['D001']}"),
        (dealer, f"/dealer/owed/{demo.chain.seller}"),
    ):
        assert column(taken(client, address, sort="-open"), "Invoice") == [large, small]
        assert column(taken(client, address, sort="open"), "Invoice") == [small, large]
        page = read(client, f"{address}?sort=-open")
        table = page[page.index('id="open"') :]
        assert 0 < table.index(large) < table.index(small)
    board = taken(seller, "/seller/receivables")
    assert board[0][:3] == ["Code", "Dealer", "Owed, CNY"]
    owed = {row[0]: float(row[2]) for row in board[1:]}
    opened = column(taken(seller, f"/seller/receivables/{demo.chain.dealers['D001']}"), "Open, CNY")
    assert owed["d001"] == sum(map(float, opened)) > 0
    for client, other in ((seller, "With"), (dealer, "With")):
        rows = taken(client, "/deals", "xlsx", tab="all")
        assert other in rows[0]
        assert len(rows) >= 3


def test_the_board_of_what_is_owed_is_sorted_by_what_is_worked_out(
    demo: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two dealers owe, the one less but late; each head puts another one on top."""
    sent(demo, 2)
    demo.later(days=40)
    monkeypatch.setattr(World, "dealer", "owner@d002.demo")
    with demo.worker() as system:
        granting.set_terms(
            seller=demo.chain.seller, buyer=demo.chain.dealers["D002"],
            wanted=Wanted(ceiling=100_000_00), actor=system, at=demo.at,
        )  # fmt: skip
    sent(demo, 9)
    seller, board = browser(SELLER), "/seller/receivables"
    for sort, first, head in (
        ("", "d001", "Owed, CNY"), ("-owed", "d002", "Owed, CNY"), ("-age0", "d002", "Not due"),
        ("-age1", "d001", "1–30"), ("age1", "d002", "1–30"), ("-secret", "d001", "Owed, CNY"),
    ):  # fmt: skip
        rows = taken(seller, board, sort=sort)
        assert (sort, column(rows, "Code")[0]) == (sort, first)
        if sort not in ("", "-secret"):
            sums = [float(one) for one in column(rows, head)]
            assert sums == sorted(sums, reverse=sort.startswith("-"))
        page = read(seller, f"{board}?sort={sort}")
        table = page[page.index("<tbody>") :]
        places = {
            code.lower(): table.index(str(pk))
            for code, pk in demo.chain.dealers.items()
            if code in ("D001", "D002")
        }
        assert min(places, key=lambda code: places[code]) == first


def test_returns_are_sorted_and_taken_by_both_sides(demo: World) -> None:
    placed = delivered(demo, M1=10)
    small, large = (ask(demo, placed, n).number for n in (1, 5))
    for who in (SELLER, demo.dealer):
        client = browser(who)
        assert column(taken(client, "/returns", sort="-amount"), "Number") == [large, small]
        assert column(taken(client, "/returns", sort="amount"), "Number") == [small, large]
        page = read(client, "/returns?tab=all&sort=amount")
        assert 'aria-sort="ascending"><a href="?tab=all&sort=-amount"' in page
        assert 0 < page.index(small) < page.index(large)


def test_a_list_that_is_too_long_says_what_to_do(
    sold: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heliu.portal.seller import orders
    from heliu.portal.ui import listing

    for module in (orders, listing):
        monkeypatch.setattr(module, "MOST", 2)
    page = read(browser(SELLER), f"{ORDERS}?export=csv", status=409)
    assert "The list has more than 2 rows." in page
    assert "Narrow it first" in page
