"""Own data from sheets: what fits is taken in, what does not comes back with its reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter
from django.db import connection

from heliu.capital.bank.models import BankAccount
from heliu.cli import intake, sheets
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.models import ListPrice
from heliu.config.postgres import Trouble
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import Membership
from heliu.kernel.goods.models import Sku, Tracking
from heliu.kernel.parties.models import Organization, TradingRelationship
from heliu.logistics.stock.models import Pieces
from heliu.logistics.stock.queries import available

PARTIES = [
    ["Code", "Name", "名称", "Roles", "City", "Buys from", "Email"],
    ["hengfeng", "Hengfeng", "恒丰", "SELLER WAREHOUSE", "Foshan", "", ""],
    ["lanhe", "Lanhe", "兰河", "DEALER, BUYER", "Wuhan", "hengfeng", "Boss@lanhe.example"],
    ["lanhe", "Twice", "", "DEALER", "", "", ""],
    ["ghost", "Ghost", "", "PIRATE", "", "", ""],
    ["", "Nameless", "", "DEALER", "", "", ""],
    ["late", "Late", "", "DEALER", "", "nobody", ""],
]
PRODUCTS = [
    ["货号", "商品名称", "条码", "类别", "单位", "箱规"],
    ["1001", "不锈钢水龙头", "6901234567892", "taps", "PCS", 12],
    ["1002", "角阀", "", "valves", "PCS", 1.5],
    ["1003", "软管", "", "hoses", "PCS", ""],
    ["1001", "again", "", "", "", ""],
]
PRICES = [
    ["sku", "from", "price"],
    ["1001", "1", "128.00"],
    ["1001", "12", "¥1,119.5"],
    ["1003", "1", "9.999"],
    ["9999", "1", "1"],
]
STOCK = [
    ["仓库", "sku", "数量"],
    ["hengfeng", "1001", "1,200"],
    ["hengfeng", "1003", "-4"],
    ["nowhere", "1001", "1"],
]
ACCOUNTS = [
    ["编号", "银行", "账户类型", "账号", "余额"],
    ["lanhe", "bank", "current", "6228 0000 01", "1,200.50"],
    ["lanhe", "bank", "SUPERVISED", "6228000002", ""],
    ["lanhe", "bank", "CURRENT", "6228000003", "0"],
    ["hengfeng", "bank", "CURRENT", "6228000001", "0"],
    ["hengfeng", "bank", "PURSE", "6228000004", "0"],
    ["hengfeng", "ghost", "CURRENT", "6228000005", "0"],
]


def sheet(folder: Path, name: str, rows: list[list[object]], encoding: str = "utf-8") -> Path:
    path = folder / name
    if name.endswith(".xlsx"):
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    else:
        with path.open("w", newline="", encoding=encoding) as file:
            csv.writer(file).writerows(rows)
    return path


def reasons(result: sheets.Intake) -> dict[int, str]:
    return {reject.row.number: reject.reason for reject in result.rejects}


@pytest.fixture
def chain(db: None, as_worker, tmp_path: Path):
    with as_worker():
        result, _ = intake.take_in("parties", sheet(tmp_path, "p.csv", PARTIES), seller="")
        intake.take_in("products", sheet(tmp_path, "g.xlsx", PRODUCTS), seller="hengfeng")
        yield result


def test_parties_come_with_their_sellers_and_their_owner(chain: sheets.Intake) -> None:
    assert chain.taken == 2
    assert reasons(chain) == {
        4: "lanhe is there already",
        5: "roles has PIRATE, which is none",
        6: "code is missing",
        7: "the seller nobody is not known",
    }
    lanhe = Organization.objects.get(code="lanhe")
    assert (lanhe.name, lanhe.name_zh, lanhe.city) == ("Lanhe", "兰河", "Wuhan")
    assert set(lanhe.party_roles.values_list("role", flat=True)) == {"DEALER", "BUYER"}
    assert (
        TradingRelationship.objects.get(buyer=lanhe.pk).seller
        == Organization.objects.get(code="hengfeng").pk
    )
    assert Membership.objects.get(org=lanhe.pk).user.username == "boss@lanhe.example"
    assert not Organization.objects.filter(code="late").exists()


def test_accounts_are_entered_with_what_is_on_them(chain: sheets.Intake, tmp_path: Path) -> None:
    bank = [PARTIES[0], ["bank", "Bank", "银行", "BANK", "", "", ""]]
    intake.take_in("parties", sheet(tmp_path, "b.csv", bank), seller="")
    result, _ = intake.take_in("accounts", sheet(tmp_path, "a.csv", ACCOUNTS), seller="")
    assert sorted(BankAccount.objects.values_list("number", "kind", "opening")) == [
        ("6228000001", "CURRENT", 1_200_50),
        ("6228000002", "SUPERVISED", 0),
    ]
    assert reasons(result) == {
        4: "lanhe has an account of this kind at bank",
        5: "the account 6228000001 is there already",
        6: "kind is none of CURRENT, SUPERVISED, NOSTRO: PURSE",
        7: "bank names no organisation that is known: ghost",
    }


def test_products_are_found_afterwards(chain: sheets.Intake) -> None:
    assert sorted(Sku.objects.values_list("code", "name_zh", "case_quantity")) == [
        ("1001", "不锈钢水龙头", 12),
        ("1003", "软管", 1),
    ]
    seller = Organization.objects.get(code="hengfeng").pk
    assert [
        row.sku.code for row in catalogue.search(Actor.system(), seller=seller, text="水龙头").rows
    ] == ["1001"]


def test_products_sent_again_are_changed_not_doubled(chain: sheets.Intake, tmp_path: Path) -> None:
    changed = [PRODUCTS[0], ["1001", "新龙头", "", "taps", "PCS", 6]]
    intake.take_in("products", sheet(tmp_path, "g2.csv", changed, "gb18030"), seller="hengfeng")
    assert Sku.objects.get(code="1001").name_zh == "新龙头"
    assert Sku.objects.count() == 2


def test_prices_go_to_a_default_list(chain: sheets.Intake, tmp_path: Path) -> None:
    path = sheet(tmp_path, "prices.csv", PRICES)
    result, rejects = intake.take_in("prices", path, seller="hengfeng")
    assert result.taken == 2
    assert reasons(result) == {
        4: "price is no amount with at most two decimals: 9.999",
        5: "9999 is not among the seller's goods",
    }
    assert rejects == tmp_path / "prices.rejects.csv"
    with rejects.open(encoding="utf-8-sig") as file:
        assert list(csv.reader(file))[1][1:] == ["1003", "1", "9.999"]
    sku = Sku.objects.get(code="1001")
    found = pricing.resolve(
        buyer=Organization.objects.get(code="lanhe").pk, seller=sku.seller, wanted=[(sku.pk, 12)],
        at=clock.now(),
    )[sku.pk]  # fmt: skip
    assert found is not None
    assert (found.unit_price, found.tiers) == (111_950, ((1, 12_800), (12, 111_950)))


def test_a_price_in_another_currency_is_left_out(chain: sheets.Intake, tmp_path: Path) -> None:
    rows = [
        ["sku", "price", "币种"],
        ["1001", "128.00", "USD"],
        ["1001", "€128.00", ""],
        ["1001", "128.00", "人民币"],
    ]
    result, _ = intake.take_in("prices", sheet(tmp_path, "p.csv", rows), seller="hengfeng")
    assert reasons(result) == {
        2: "This is in USD; here amounts are in CNY.",
        3: "This is in EUR; here amounts are in CNY.",
    }
    sku = Sku.objects.get(code="1001")
    assert list(ListPrice.objects.values_list("sku", "amount")) == [(sku.pk, 12_800)]


def test_the_same_stock_sheet_counts_once(chain: sheets.Intake, tmp_path: Path) -> None:
    path = sheet(tmp_path, "stock.csv", STOCK)
    for _ in range(2):
        result, _ = intake.take_in("stock", path, seller="hengfeng")
        assert result.taken == 1
        assert reasons(result) == {
            3: "quantity must be a whole number of at least 1, not -4",
            4: "the warehouse nowhere is not known",
        }
    sku = Sku.objects.get(code="1001")
    assert available([sku.pk], owner=sku.seller, warehouse=sku.seller) == {sku.pk: 1200}


def test_pieces_that_are_told_apart_come_with_their_numbers(
    chain: sheets.Intake, tmp_path: Path
) -> None:
    Sku.objects.filter(code="1001").update(tracking=Tracking.LOT)
    rows = [
        ["仓库", "sku", "数量", "批号"],
        ["hengfeng", "1001", "12", "L-2026-07"],
        ["hengfeng", "1001", "3", ""],
        ["hengfeng", "1001", "3", "L" * 41],
        ["hengfeng", "1003", "3", "L-1"],
    ]
    path = sheet(tmp_path, "s.csv", rows)
    for _ in range(2):
        result, _ = intake.take_in("stock", path, seller="hengfeng")
        assert (result.taken, reasons(result)) == (1, {
            3: "Pieces of 1001 are told apart: name their lots or serial numbers.",
            4: "A lot or serial number has 1 to 40 signs.",
            5: "1003 is not told apart by lots or serial numbers",
        })  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
    assert list(Pieces.objects.values_list("mark__code", "quantity")) == [("L-2026-07", 12)]


def test_the_lot_of_goods_that_are_told_apart_is_their_mark(
    chain: sheets.Intake, tmp_path: Path
) -> None:
    Sku.objects.update(tracking=Tracking.SERIAL)
    rows = [
        ["warehouse", "sku", "quantity", "lot", "serial number"],
        ["hengfeng", "1001", "1", "S-1", ""],
        ["hengfeng", "1001", "2", "", "S-2"],
    ]
    result, _ = intake.take_in("stock", sheet(tmp_path, "s.csv", rows), seller="hengfeng")
    assert (result.taken, reasons(result)) == (1, {3: "A serial number is one piece."})
    assert list(Pieces.objects.values_list("mark__code", "row__lot")) == [("S-1", "")]


@pytest.mark.parametrize(
    ("what", "rows", "seller", "told"),
    [
        ("people", PARTIES, "", "There is no import of people"),
        ("products", PRODUCTS, "", "--seller names no organisation that is known: none"),
        ("products", PRODUCTS, "other", "--seller names no organisation that is known: other"),
        ("parties", [["a", "b"], ["1", "2"]], "", "names no column that is known: a, b"),
    ],
)
def test_what_cannot_begin_is_told(
    db: None, as_worker, tmp_path: Path, what: str, rows: list[list[object]], seller: str, told: str
) -> None:
    with as_worker(), pytest.raises(Trouble, match=told):
        intake.take_in(what, sheet(tmp_path, "x.csv", rows), seller=seller)


def test_files_that_are_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="There is no file"):
        sheets.read(tmp_path / "none.csv")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(Trouble, match="is no sheet that can be read"):
        sheets.read(tmp_path / "broken.xlsx")
