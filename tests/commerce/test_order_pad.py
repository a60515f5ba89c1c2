"""What people paste, and what the order pad says to it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue.nearest import Nearest
from heliu.commerce.ordering.paste import MOST_ROWS
from heliu.commerce.ordering.policies import WORDS, PastedLine, check_lines, parse_paste
from heliu.commerce.pricing.queries import Price
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Invalid
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id


def read(text: str) -> list[tuple[int, str, int | None, str, str | None]]:
    return [
        (line.row, line.code, line.quantity, line.remark, line.problem)
        for line in parse_paste(text)
    ]


@pytest.mark.parametrize(
    ("pasted", "line"),
    [
        ("KFR-35", (1, "KFR-35", None, "", None)),
        ("KFR-35\t12", (1, "KFR-35", 12, "", None)),
        ("KFR-35\t12\trush", (1, "KFR-35", 12, "rush", None)),
        ("KFR-35\t1,200\t", (1, "KFR-35", 1200, "", None)),
        ("KFR-35\t12.00", (1, "KFR-35", 12, "", None)),
        ("KFR-35\t１２", (1, "KFR-35", 12, "", None)),
        ("KFR-35\t١٢", (1, "KFR-35", 12, "", None)),
        ("KFR-35\t1 200", (1, "KFR-35", 1200, "", None)),
        ("KFR-35,12", (1, "KFR-35", 12, "", None)),
        ("KFR-35,12,to the door", (1, "KFR-35", 12, "to the door", None)),
        ('KFR-35,"1,200",x', (1, "KFR-35", 1200, "x", None)),
        ("KFR-35，12", (1, "KFR-35", 12, "", None)),
        ("KFR-35;12", (1, "KFR-35", 12, "", None)),
        ("KFR-35 12", (1, "KFR-35", 12, "", None)),
        ("KFR-35  1,200 by Friday", (1, "KFR-35", 1200, "by Friday", None)),
        ("wall air conditioner 3", (1, "wall air conditioner", 3, "", None)),
        ("  KFR-35  \t 12 ", (1, "KFR-35", 12, "", None)),
        ("\ufeffKFR-35\t12", (1, "KFR-35", 12, "", None)),
        ("\u202bمكيف\u202c\t12", (1, "مكيف", 12, "", None)),
        ("❄️ 空调\t2\t👍", (1, "❄️ 空调", 2, "👍", None)),
        ("KFR-35\t1.200", (1, "KFR-35", None, "", "quantity-unclear")),
        ("KFR-35\t1,2", (1, "KFR-35", None, "", "quantity-unclear")),
        ("KFR-35,1,200", (1, "KFR-35", None, "200", "quantity-unclear")),
        ("KFR-35\t1.5", (1, "KFR-35", None, "", "quantity-not-whole")),
        ("KFR-35\t-3", (1, "KFR-35", None, "", "quantity-not-positive")),
        ("KFR-35\t0", (1, "KFR-35", None, "", "quantity-not-positive")),
        ("KFR-35\ttwelve", (1, "KFR-35", None, "", "quantity-unreadable")),
        ("KFR-35\t1e3", (1, "KFR-35", None, "", "quantity-unreadable")),
        ("KFR-35\t12 kg", (1, "KFR-35", None, "", "quantity-unreadable")),
        ("KFR-35\t12 箱", (1, "KFR-35", None, "", "quantity-unreadable")),
        ("KFR-35 12箱 rush", (1, "KFR-35", None, "rush", "quantity-unreadable")),
        ("KFR-35 3 cartons", (1, "KFR-35", None, "", "quantity-unreadable")),
        ("KFR 35GW", (1, "KFR 35GW", None, "", None)),
        ("KFR-35\t1..2", (1, "KFR-35", None, "", "quantity-unreadable")),
        ("KFR-35\t" + "9" * 5000, (1, "KFR-35", None, "", "quantity-too-large")),
        ("\t12", (1, "", 12, "", "code-missing")),
        (",,", (1, "", None, "", "code-missing")),
    ],
)
def test_a_row_is_read_as_it_was_meant_or_not_at_all(pasted, line) -> None:
    assert read(pasted) == [line]


def test_a_heading_says_which_column_is_which() -> None:
    text = "数量\t说明\t单价\t型号\n12\t加急\t99.00\tKFR-35\n\n3\t\t\tBCD-215\n7"
    assert read(text) == [
        (2, "KFR-35", 12, "加急", None),
        (4, "BCD-215", 3, "", None),
        (5, "", 7, "", "code-missing"),
    ]
    assert read("Code,Qty\nA,1") == [(2, "A", 1, "", None)]
    assert read("SKU\nA") == [(2, "A", None, "", None)]


def test_each_row_keeps_what_was_pasted() -> None:
    text = "KFR-35\t 1.5 \r\n\r\n ,x, \r\nBCD\t2"
    assert [(line.row, line.raw) for line in parse_paste(text)] == [
        (1, "KFR-35\t 1.5 "),
        (3, " ,x, "),
        (4, "BCD\t2"),
    ]
    assert parse_paste("") == parse_paste(" \n\t\n") == []


def test_ten_thousand_rows_are_read_and_one_more_is_refused() -> None:
    rows = "\n".join(f"A-{n}\t{n + 1}" for n in range(MOST_ROWS))
    assert len(parse_paste(rows)) == MOST_ROWS
    assert len(parse_paste("code\tqty\n" + rows)) == MOST_ROWS
    with pytest.raises(Invalid, match="too-many-rows"):
        parse_paste(rows + "\nA\t1")


CELLS = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["12", "1,200", "-1", '"', '""', "\u202e", "\x00", "\ud800", "👩‍👩‍👧", "مكيف", "A" * 50]
)


@given(
    rows=st.lists(st.lists(CELLS, max_size=5), max_size=8),
    separator=st.sampled_from(["\t", ",", ";", " ", "，", "|"]),
)
@example(rows=[['"' + "x" * 140_000, "1"]], separator=",")
@settings(deadline=None)
def test_nonsense_is_answered_row_by_row(rows, separator) -> None:
    text = "\n".join(separator.join(row) for row in rows)
    lines = parse_paste(text)
    pasted = text.splitlines()
    assert all(line.raw == pasted[line.row - 1] for line in lines)
    for line in lines:
        assert line.problem is None or line.problem in WORDS
        assert line.quantity is None or line.quantity > 0
        line.code.encode()
        assert "\x00" not in line.code
    for checked in check_lines(lines, {}, {}, {}, ["KFR-35GW"]):
        assert checked.words


@given(st.integers(1, 10**9))
def test_every_way_of_writing_a_number_is_the_number(quantity) -> None:
    for written in (str(quantity), f"{quantity:,}", f"{quantity}.0", f"+{quantity}"):
        assert read(f"A\t{written}") == [(1, "A", quantity, "", None)]


def goods(*codes: str) -> dict[str, Sku]:
    return {code: Sku(id=new_id(), code=code) for code in codes}


def lines_of(*wanted: tuple[str, int | None]) -> list[PastedLine]:
    return [PastedLine(row, code, quantity) for row, (code, quantity) in enumerate(wanted, 1)]


def price(minor: int) -> Price:
    return Price(minor, "STD", 1, "CNY", ((1, minor),))


@pytest.mark.parametrize(
    ("quantity", "problem"),
    [(0, "quantity-not-positive"), (-1, "quantity-not-positive"), (10**10, "quantity-too-large")],
)
def test_quantities_that_came_another_way_are_judged_too(quantity, problem) -> None:
    skus = goods("A")
    pk = skus["A"].pk
    (line,) = check_lines(lines_of(("A", quantity)), skus, {pk: price(1)}, {pk: 10**12})
    assert line.problem == problem


def test_good_lines_are_priced_and_bad_ones_say_why() -> None:
    skus = goods("A", "B", "C")
    prices = {skus["A"].pk: price(250), skus["B"].pk: None, skus["C"].pk: price(100)}
    wanted = [
        *lines_of(("A", 4), ("B", 1), ("C", 1), ("A", None), ("KFR35", 1)),
        PastedLine(6, "A", None, problem="quantity-unclear"),
        PastedLine(7, "", None, problem="code-missing"),
    ]
    checked = check_lines(wanted, skus, prices, {skus["A"].pk: 9}, ["KFR-35", "XQG"])
    assert [(line.problem, line.field, line.suggestion) for line in checked] == [
        ("", "", ""),
        ("price-missing", "quantity", ""),
        ("sold-out", "quantity", ""),
        ("quantity-missing", "quantity", ""),
        ("code-unknown", "code", "KFR-35"),
        ("quantity-unclear", "quantity", ""),
        ("code-missing", "code", ""),
    ]
    assert (checked[0].unit_price, checked[0].amount, checked[0].sku) == (250, 1000, skus["A"])
    assert all(line.amount is None for line in checked[1:])
    assert [bool(line.words) for line in checked] == [False] + [True] * 6


@given(st.lists(st.integers(1, 9), max_size=9), st.integers(0, 30))
def test_earlier_lines_take_the_goods(quantities, there) -> None:
    skus = goods("A")
    pk = skus["A"].pk
    checked = check_lines(
        lines_of(*(("A", quantity) for quantity in quantities)),
        skus, {pk: price(1)}, {pk: there},
    )  # fmt: skip
    left = there
    for line in checked:
        if line.problem:
            assert line.quantity > left
            assert line.suggestion == (str(left) if left else "")
        else:
            left -= line.quantity
    assert left >= 0


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KFR35GW", "KFR-35GW"),
        ("KRF-35GW", "KFR-35GW"),
        ("KFR-35G", "KFR-35GW"),
        ("KFR-35GWX", "KFR-35GW"),
        ("KFR-36GW", "KFR-35GW"),
        ("bcd", "BCD-215"),
        ("ＢＣＤ２１５", "BCD-215"),
    ],
)
def test_did_you_mean(typed, meant) -> None:
    assert Nearest(["XQG-80", "KFR-35GW", "BCD-215", "KFR-72LW"]).to(typed)[0] == meant


def test_nothing_is_meant_by_nonsense() -> None:
    nearest = Nearest(["XQG-80", "KFR-35GW"])
    assert nearest.to("👍") == nearest.to("") == nearest.to("zzzzzz") == ()
    assert Nearest([]).to("KFR") == ()


def test_one_slip_among_signs_that_repeat_is_still_one_slip() -> None:
    assert Nearest(["112111", "QQQQQQQ", "ZZZZZZZ"]).to("11111") == ("112111",)


@given(st.text("ABC123-", min_size=5, max_size=12), st.data())
def test_one_slip_in_a_code_is_forgiven(code, data) -> None:
    key = code.replace("-", "")
    if len(key) < 5:
        return
    place = data.draw(st.integers(0, len(key) - 1))
    slipped = key[:place] + key[place + 1 :]
    assert code in Nearest([code, "QQQQQQQ", "ZZZZZZZ"]).to(slipped)


def test_ten_thousand_bad_rows_all_get_an_answer() -> None:
    codes = [f"KFR-{n:05d}GW" for n in range(5_000)]
    wanted = parse_paste("\n".join(f"KFR-{n:05d}GX\t1" for n in range(MOST_ROWS)))
    checked = check_lines(wanted, {}, {}, {}, codes)
    assert len(checked) == MOST_ROWS
    assert checked[17].suggestion == "KFR-00017GW"


def test_a_paste_of_anything_goes_to_the_database_and_back(chain) -> None:
    text = "bcd-215\t2\nＸＱＧ－８０\t1\n\x00\ud800👍\t3\nمكيف\t1\n6901234567892 5"
    lines = parse_paste(text)
    with acting_for([chain.dealer]):
        found = catalogue.find(chain.at_dealer, [line.code for line in lines], chain.seller)
        codes = catalogue.codes(chain.at_dealer, chain.seller)
    prices = {sku.pk: price(100) for sku in found.values()}
    plenty = {sku.pk: 99 for sku in found.values()}
    checked = check_lines(lines, found, prices, plenty, codes)
    assert [line.problem for line in checked] == ["", "", "code-unknown", "code-unknown", ""]
