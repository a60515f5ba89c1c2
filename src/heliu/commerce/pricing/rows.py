"""Rows of a file of prices: read, and what is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_noop as N_

from heliu.kernel import money
from heliu.kernel.errors import Invalid

# What a column may be called, folded: our name for it.
HEADS = {
    **dict.fromkeys(("code", "sku", "model", "item", "编码", "型号", "货号", "商品编码"), "code"),
    **dict.fromkeys(("from", "from quantity", "起订量", "起"), "from"),
    **dict.fromkeys(("price", "unit price", "价格", "单价", "含税价"), "price"),
    **dict.fromkeys(("currency", "ccy", "币种", "货币"), "currency"),
}
MOST = 10**12  # minor units, and pieces
WORDS = {
    "row-broken": N_("This row has too few columns."),
    "code-missing": N_("The code is missing."),
    "code-unknown": N_("None of your goods has this code."),
    "price-unreadable": N_("The price is no amount, or has too many decimals."),
    "currency-other": N_("The price is in another currency than the list; nothing is converted."),
    "from-unreadable": N_("The quantity is no whole number from 1 up."),
    "twice": N_("This code and quantity stand in the file before."),
}


@dataclass(frozen=True, slots=True)
class Good:
    """A row that can be read: line, code, quantity from, price in minor units; and as it was."""

    line: int
    code: str
    least: int
    amount: int
    raw: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot, as it was, and a code of `WORDS`."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Head:
    """Where the columns stand, and what is between them."""

    code: int
    price: int
    least: int | None
    comma: str
    currency: int | None = None

    @property
    def width(self) -> int:
        """How many columns a row needs."""
        return max(self.code, self.price, self.currency or 0) + 1


def decoded(raw: bytes) -> str:
    """A line as text: UTF-8, else what Excel writes in Chinese Windows."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def head_of(text: str) -> Head | None:
    """What the first line says; None when it names no code or no price."""
    text = text.lstrip("\ufeff").rstrip("\r\n")
    comma = max(",;\t", key=text.count)
    names = [HEADS.get(cell.strip().casefold(), "") for cell in _cells(text, comma)]
    if "code" not in names or "price" not in names:
        return None
    least, currency = (
        names.index(name) if name in names else None for name in ("from", "currency")
    )
    return Head(names.index("code"), names.index("price"), least, comma, currency)


def read(
    head: Head, texts: Iterable[str], first: int, currency: str = money.CURRENCY
) -> tuple[list[Good], list[Bad]]:
    """Rows of prices in a currency from a line on, the good and the bad; empty ones are neither."""
    good: list[Good] = []
    bad: list[Bad] = []
    for line, text in enumerate(texts, start=first):
        raw = text.rstrip("\r\n")
        cells = [cell.strip() for cell in _cells(raw, head.comma)]
        if not any(cells):
            continue
        row = _row(head, cells, line, raw, currency)
        if isinstance(row, Good):
            good.append(row)
        else:
            bad.append(Bad(line, row, raw.replace("\x00", "")))
    return good, bad


def _cells(text: str, comma: str) -> list[str]:
    if '"' not in text:
        return text.split(comma)
    return next(csv.reader([text], delimiter=comma), [])


def _row(head: Head, cells: Sequence[str], line: int, raw: str, currency: str) -> Good | str:
    if len(cells) < head.width:
        return "row-broken"
    code = cells[head.code].replace("\x00", "")
    if not code:
        return "code-missing"
    try:
        if head.currency is not None:
            money.require_in(currency, cells[head.currency])
        amount = money.typed(cells[head.price], currency=currency)
    except money.OtherCurrency:
        return "currency-other"
    except Invalid:
        return "price-unreadable"
    if not 0 <= amount <= MOST:
        return "price-unreadable"
    typed = cells[head.least] if head.least is not None and len(cells) > head.least else ""
    least = _pieces(typed) if typed else 1
    if least is None:
        return "from-unreadable"
    return Good(line, code, least, amount, raw)


def _pieces(text: str) -> int | None:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or number != number.to_integral_value():
        return None
    return int(number) if 1 <= number <= MOST else None
