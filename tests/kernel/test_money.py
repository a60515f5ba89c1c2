"""Amounts as people write them, and what is in another currency than the one of the house."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from heliu.kernel.errors import Invalid
from heliu.kernel.money import (
    CODES,
    CURRENCY,
    LARGEST,
    MARKS,
    TRADED,
    Money,
    OtherCurrency,
    currency_named,
    digits_of,
    require_in,
    typed,
)

OURS = [mark for mark, code in CODES.items() if code == CURRENCY]
THEIRS = [mark for mark, code in CODES.items() if code != CURRENCY]
amounts = st.integers(min_value=-(10**12), max_value=10**12)


@given(minor=amounts, mark=st.sampled_from(["", *OURS]), is_before=st.booleans())
def test_an_amount_is_read_as_it_is_written(minor: int, mark: str, is_before: bool) -> None:
    number = str(Money(minor)).removesuffix(f" {CURRENCY}")
    assert typed(f"{mark}{number}" if is_before else f"{number} {mark}") == minor


@given(
    minor=amounts, mark=st.sampled_from(THEIRS), style=st.sampled_from(["{1} {0}", "{0}{1}", "¥{0}{1}"])
)  # fmt: skip
def test_an_amount_in_another_currency_is_never_taken_for_ours(
    minor: int, mark: str, style: str
) -> None:
    number = str(Money(minor)).removesuffix(f" {CURRENCY}")
    with pytest.raises(OtherCurrency) as caught:
        typed(style.format(number, mark), field="price")
    assert caught.value.params["theirs"] == CODES[mark]
    assert caught.value.field == "price"


@given(text=st.text(max_size=12))
def test_whatever_is_typed_is_an_amount_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert abs(typed(text)) <= LARGEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "much",
        "NaN",
        "Infinity",
        "9.999",
        "1e999999999",
        "1e2",
        "1_000",
        "CNY",
        "12 pieces",
        "1.2.3",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="amount-unreadable"):
        typed(text)


@pytest.mark.parametrize(
    ("currency", "minor", "said"),
    [
        ("CNY", -123_456, "-1,234.56 CNY"),
        ("USD", 5, "0.05 USD"),
        ("JPY", 1_234_567, "1,234,567 JPY"),
        ("KRW", -9, "-9 KRW"),
        ("KWD", 1_234_567, "1,234.567 KWD"),
    ],
)
def test_a_currency_has_its_own_digits_behind_the_point(
    currency: str, minor: int, said: str
) -> None:
    assert str(Money(minor, currency)) == said
    whole = said.removesuffix(f" {currency}").replace(",", "")
    assert Decimal(whole).scaleb(digits_of(currency)) == minor


@given(minor=amounts, currency=st.sampled_from(list(TRADED)))
def test_an_amount_of_any_currency_is_read_in_it_and_in_no_other(minor: int, currency: str) -> None:
    said = str(Money(minor, currency))
    assert typed(said, currency=currency) == minor
    with pytest.raises(OtherCurrency):
        typed(said, currency="USD" if currency != "USD" else "JPY")
    with pytest.raises(Invalid, match="amount-unreadable"):
        typed("1.5", currency="JPY")


def test_every_mark_names_one_currency() -> None:
    written = [mark.casefold() for code, marks in MARKS.items() for mark in (code, *marks.split())]
    assert len(written) == len(set(written))
    assert [currency_named(text) for text in (" usd ", "US$", "美元", "shells")] == [
        "USD", "USD", "USD", "shells",
    ]  # fmt: skip


def test_a_named_currency_is_ours_or_refused_in_both_languages() -> None:
    for named in ("", " ", "cny", "人民币", "RMB"):
        require_in("CNY", named)
    with pytest.raises(OtherCurrency) as caught:
        require_in("CNY", "shells", field="currency")
    with override("en"):
        assert caught.value.text() == "This is in shells; here amounts are in CNY."
        english = caught.value.help()
    with override("zh-hans"):
        assert "shells" in caught.value.text()
        assert caught.value.help() != english
