"""Money: whole minor units of one currency. Rounding lives here and in capital.interest only.

Two who trade have one currency (docs/decisions/0019), `CURRENCY` unless they said otherwise. What
comes in another one is refused (`OtherCurrency`), never converted and never taken for it: `typed`
reads what people write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from heliu.kernel.errors import Invalid

CURRENCY = "CNY"
LARGEST = 10**16  # minor units: nobody writes more

# How people write a currency beside an amount, by its code (ISO 4217).
MARKS = {
    "CNY": "¥ ￥ CN¥ RMB 元 人民币 元人民币 yuan renminbi",
    "USD": "$ ＄ US$ 美元 美金",
    "EUR": "€ 欧元",
    "GBP": "£ ￡ 英镑",
    "JPY": "円 JP¥ 日元",
    "HKD": "HK$ 港元 港币",
    "MOP": "MOP$ 澳门元",
    "TWD": "NT$ 新台币",
    "KRW": "₩ 韩元",
    "SGD": "S$ 新加坡元",
    "AUD": "A$ 澳元",
    "CAD": "C$ 加元",
    "NZD": "NZ$ 新西兰元",
    "CHF": "瑞士法郎",
    "THB": "฿ 泰铢",
    "VND": "₫ 越南盾",
    "MYR": "RM 林吉特",
    "IDR": "Rp 印尼盾",
    "INR": "₹ 印度卢比",
    "RUB": "₽ 卢布",
    "AED": "迪拉姆",
    "KWD": "科威特第纳尔",
}
CODES = {mark.casefold(): code for code, marks in MARKS.items() for mark in (code, *marks.split())}
# Digits behind the point where they are not two (ISO 4217).
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
# In what two may trade, and what it is called.
TRADED: dict[str, Any] = {
    "CNY": gettext_lazy("Chinese yuan"),
    "USD": gettext_lazy("US dollars"),
    "EUR": gettext_lazy("Euros"),
    "GBP": gettext_lazy("Pounds sterling"),
    "JPY": gettext_lazy("Japanese yen"),
    "HKD": gettext_lazy("Hong Kong dollars"),
    "KRW": gettext_lazy("Korean won"),
    "SGD": gettext_lazy("Singapore dollars"),
    "AUD": gettext_lazy("Australian dollars"),
}
_SIGNS = {
    "CNY": "CN¥",
    "USD": "US$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "KRW": "₩",
    "SGD": "S$",
    "AUD": "A$",
}
_TYPED = re.compile(r"([^\d.,+-]*)([\d.,，+\s-]*)([^\d.,]*)")


def digits_of(currency: str) -> int:
    """How many digits of a currency stand behind the point: 2 of CNY, none of JPY, 3 of KWD."""
    return _DIGITS.get(currency, 2)


def sign_of(currency: str) -> str:
    """How a currency is written before an amount where readers expect ours: `US$`, `JP¥`."""
    return _SIGNS.get(currency, currency)


def currency_named(text: str) -> str:
    """The code of a currency as somebody wrote it (`usd`, `US$`, `美元`), or what stands there."""
    name = text.strip()
    return CODES.get(name.casefold(), name)


class OtherCurrency(Invalid):
    """Something is in another currency (`theirs`) than what it belongs to (`ours`)."""

    def __init__(self, theirs: str, *, ours: str = CURRENCY, field: str = "") -> None:
        super().__init__(
            "currency-other",
            "This is in %(theirs)s; here amounts are in %(ours)s.",
            field=field,
            help="Write what it is in %(ours)s: nothing is converted here.",
            ours=ours,
            theirs=theirs,
        )


def require_in(currency: str, text: str, *, field: str = "") -> None:
    """Raises `OtherCurrency` where somebody names another currency than this; none is this."""
    if text.strip() and currency_named(text) != currency:
        raise OtherCurrency(currency_named(text), ours=currency, field=field)


def typed(text: str, *, currency: str = CURRENCY, field: str = "") -> int:
    """An amount in a currency as people write it (`12.50`, `¥1,200`, `80元`), in minor units;
    `field` is where.

    Raises `OtherCurrency` for what is written in another one, `Invalid` for what is no amount, or
    one of more decimals than there are.
    """
    number, theirs = _unmarked(text.strip(), currency, field)
    if theirs != currency:
        raise OtherCurrency(theirs, ours=currency, field=field)
    digits = digits_of(currency)
    try:
        minor = Decimal(number.replace(",", "").replace("，", "")).scaleb(digits)
    except ArithmeticError:
        raise _unreadable(field) from None
    if abs(minor) > LARGEST:
        raise _unreadable(field)
    if minor != int(minor):
        raise Invalid(
            "amount-unreadable",
            "An amount in %(currency)s has %(digits)s decimals at most.",
            field=field,
            currency=currency,
            digits=digits,
        )
    return int(minor)


def _unmarked(text: str, currency: str, field: str) -> tuple[str, str]:
    """A number as it was written, and the code of the currency that stands before or behind it."""
    found = _TYPED.fullmatch(text)
    if found is None:  # more than one number, or a power of ten: nobody writes money so
        raise _unreadable(field)
    before, number, behind = found.groups()
    codes = {currency_named(mark) for mark in (before, behind) if mark.strip()}
    if not codes <= MARKS.keys():
        raise _unreadable(field)
    theirs = codes - {currency}
    return number.strip(), theirs.pop() if theirs else currency


def _unreadable(field: str) -> Invalid:
    return Invalid("amount-unreadable", "This amount cannot be read.", field=field)


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (fen for CNY, yen for JPY). Two currencies do not add up: it
    raises."""

    minor: int
    currency: str = CURRENCY

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share out by weight so that the shares sum to the whole; the last takes the residue."""
        total, left, shares = sum(weights), self.minor, []
        for weight in weights[:-1]:
            share = self.minor * weight // total
            shares.append(Money(share, self.currency))
            left -= share
        return [*shares, Money(left, self.currency)]

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise Invalid(
                "currency-mixed",
                "%(one)s and %(other)s cannot be added.",
                one=self.currency,
                other=other.currency,
            )
        return other.minor

    def spoken(self) -> str:
        """As it stands in a sentence, in the language active now: 12,000.00 CNY, 12,000.00元."""
        amount = str(self).removesuffix(f" {self.currency}")
        if self.currency == CURRENCY:
            return gettext("%(amount)s CNY") % {"amount": amount}
        return str(self)

    def __str__(self) -> str:
        sign, digits = "-" if self.minor < 0 else "", digits_of(self.currency)
        major, minor = divmod(abs(self.minor), 10**digits)
        behind = f".{minor:0{digits}d}" if digits else ""
        return f"{sign}{major:,}{behind} {self.currency}"


def share_up(minor: int, ratio: Decimal) -> int:
    """`ratio` (0..1) of an amount, rounded up to the minor unit: how a deposit is worked out."""
    return int((minor * ratio).to_integral_value(ROUND_CEILING))


def share(minor: int, ratio: Decimal) -> int:
    """`ratio` of an amount, rounded half up to the minor unit."""
    return int((minor * ratio).to_integral_value(ROUND_HALF_UP))
