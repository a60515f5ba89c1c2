"""How a price with tax is split, and what a house must give for an invoice. Pure.

Prices are with tax. The digital invoice (数电票, State Taxation Administration notice 2024 No. 11)
shows per line the amount without tax and the tax: amount = gross / (1 + rate), rounded half up to
the fen, tax = gross - amount.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from heliu.kernel.errors import Refused

_NUMBER = re.compile(r"[0-9A-Z]{15,20}")


class Split(NamedTuple):
    """A price with tax in its two parts, in fen."""

    net: int
    tax: int


def split(gross: int, rate: Decimal) -> Split:
    """`gross` (fen) at `rate` per cent; a price below zero is the mirror of that above it."""
    exact = Decimal(abs(gross)) / (1 + rate / 100)
    net = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    net = net if gross >= 0 else -net
    return Split(net, gross - net)


def red_split(before: int, part: int, rate: Decimal) -> Split:
    """What a red letter over `part` of a line takes back, where `before` was taken back before;
    both fen, above zero. All red letters over a whole line come to its net and tax, to the fen."""
    net = split(before + part, rate).net - split(before, rate).net
    return Split(-net, net - part)


def is_number(text: str) -> bool:
    """Whether this can be a tax number of 15 to 20 signs, as the unified social credit code is."""
    return bool(_NUMBER.fullmatch(text))


def must_suffice(title: Mapping[str, str], *, special: bool) -> None:
    """A special invoice names address, phone, bank and account of who deducts the tax."""
    missing = [name for name in ("address", "phone", "bank", "account") if not title.get(name)]
    if special and missing:
        raise Refused(
            "title-incomplete",
            "A special VAT invoice needs address, phone, bank and account of the buyer.",
            help="The buyer completes its tax data, or asks for an ordinary invoice.",
        )


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def in_chinese(minor: int) -> str:
    """An amount in the capital numerals of invoices (价税合计大写); fen.

    123456 is 壹仟贰佰叁拾肆元伍角陆分; whole yuan end in 整; below zero begins with (负数).
    """
    yuan, rest = divmod(abs(minor), 100)
    jiao, fen = divmod(rest, 10)
    words = _whole(yuan) + "元" if yuan else ""
    if not rest:
        words = (words or "零元") + "整"
    else:
        tenths = f"{_DIGITS[jiao]}角" if jiao else "零" if yuan else ""
        words += tenths + (f"{_DIGITS[fen]}分" if fen else "")
    return f"(负数){words}" if minor < 0 else words


def _whole(number: int) -> str:
    """A whole number above zero in capital numerals; noughts within are said once."""
    signs, words, skipped, is_group = str(number), "", False, False
    for place, sign in zip(reversed(range(len(signs))), signs, strict=True):
        if digit := int(sign):
            words += ("零" if skipped else "") + _DIGITS[digit] + _PLACES[place % 4]
            skipped, is_group = False, True
        else:
            skipped = True
        if place % 4 == 0 and is_group:
            words += _GROUPS[place // 4]
            is_group = False
    return words
