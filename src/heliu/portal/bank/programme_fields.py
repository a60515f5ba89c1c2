"""What the form of a programme asks for, how each figure is typed and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from heliu.capital.credit import drafting
from heliu.kernel.errors import Invalid
from heliu.portal.deal.money_views import read_amount

SHARE, RATE, MONEY, DAYS, TEXT, CHOICE, FLAG, FACTOR, RATIOS, TERMS = range(10)


@dataclass(frozen=True)
class Asked:
    """A field of the form: its name, what it is called and how it is typed."""

    name: str
    words: Any
    kind: int
    help: Any = ""

    @property
    def unit(self) -> Any:
        """In what it is typed, where that goes without saying for its kind."""
        return UNITS.get(self.kind, "")


PERCENT = lazy("in percent")
UNITS: Mapping[int, Any] = {SHARE: PERCENT, RATE: PERCENT, MONEY: lazy("in CNY")}
GROUPS: tuple[tuple[Any, tuple[Asked, ...]], ...] = (
    (
        lazy("What is lent"),
        (
            Asked("name", pgettext_lazy("programme", "Name"), TEXT),
            Asked("name_zh", lazy("Name in Chinese"), TEXT),
            Asked(
                "deposit_ratios",
                lazy("Deposits"),
                RATIOS,
                lazy("in percent, the smallest first: 10, 20, 30"),
            ),
            Asked(
                "days_options",
                lazy("Terms"),
                TERMS,
                lazy("in days, the shortest first: 30, 60, 90"),
            ),
            Asked("max_tenor_days", lazy("Longest term"), DAYS, lazy("in days, 365 at most")),
            Asked("day_count", lazy("Day count"), CHOICE),
            Asked("grace_days", lazy("Days of grace"), DAYS),
            Asked("penalty_factor", lazy("Penalty, times the rate"), FACTOR),
            Asked("is_principal_first", lazy("Without arrears a payment frees goods first"), FLAG),
        ),
    ),
    (
        lazy("Price"),
        (
            Asked("base_rate", lazy("Base rate"), RATE),
            Asked("opex_rate", lazy("Operations"), RATE),
            Asked("fee_rate", lazy("Fee, once"), RATE),
            Asked("hurdle_rate", lazy("Return on capital"), RATE),
            Asked("capital_share", lazy("Capital bound"), SHARE),
            Asked("rate_cap", lazy("Rate at most"), RATE),
        ),
    ),
    (
        lazy("Way of financing"),
        (
            Asked("instrument", lazy("Financed with"), CHOICE),
            Asked("deposit_mode", lazy("What the deposit does"), CHOICE),
            Asked("release_mode", lazy("Sets goods free"), CHOICE),
            Asked("margin_rate", lazy("Interest on the margin"), RATE),
            Asked("deposit_by", lazy("How the deposit comes"), CHOICE),
            Asked(
                "deposit_days",
                lazy("Paid in within"),
                DAYS,
                lazy("days after the signature, where the dealer pays it in"),
            ),
            Asked(
                "register_months",
                lazy("Claim on the goods registered for"),
                DAYS,
                lazy("months, 1 to 360; renewed while the deal is open"),
            ),
        ),
    ),
    (
        lazy("What the seller promises"),
        (
            Asked(
                "seller_duty",
                lazy("Duty of the seller"),
                CHOICE,
                lazy("It holds once the seller agrees."),
            ),
            Asked(
                "buy_back_share",
                lazy("Share of the price"),
                SHARE,
                lazy("for which the seller buys goods back"),
            ),
            Asked(
                "ship_days",
                lazy("The seller ships, or refunds, within"),
                DAYS,
                lazy("days after it was paid; empty: without a day"),
            ),
            Asked("notice_days", lazy("Notice before enforcing"), DAYS, lazy("in days")),
            Asked(
                "sale_floor",
                lazy("Sold goods should bring"),
                SHARE,
                lazy("of their price"),
            ),
        ),
    ),
    (
        lazy("Risk"),
        (
            Asked("loss_given_default", lazy("Loss given default"), SHARE),
            Asked("price_fall", lazy("Fall of the goods' price"), SHARE),
            Asked("sale_cost", lazy("Cost of selling the goods"), SHARE),
            Asked("refund_share", lazy("Refunded by the seller"), SHARE),
            Asked("seller_default", lazy("Default of the seller"), SHARE),
        ),
    ),
    (
        lazy("Caps"),
        (
            Asked("auto_approve_cap", lazy("Approved by itself up to"), MONEY),
            Asked("single_name_cap", lazy("Cap for one borrower"), MONEY),
            Asked(
                "quota_share",
                lazy("Part of the quota for one borrower"),
                SHARE,
                lazy("of the seller's, if the bank has set one"),
            ),
            Asked(
                "auto_release_cap",
                lazy("Released by itself up to"),
                MONEY,
                lazy("empty: without bound"),
            ),
        ),
    ),
)
BY_NAME = {one.name: one for _, asked in GROUPS for one in asked}
START: Mapping[str, str] = {
    "deposit_ratios": "10, 20, 30",
    "days_options": "30, 60, 90",
    "single_name_cap": "500,000.00",
    "auto_approve_cap": "60,000.00",
}


def start() -> dict[str, str]:
    """What a new form begins with: the house's starting values."""
    return texts(drafting.begins()) | dict(START)


def texts(programme: Any) -> dict[str, str]:
    """Every field of a programme as it is typed."""
    return {one.name: _text(one.kind, getattr(programme, one.name)) for one in BY_NAME.values()}


def _text(kind: int, value: Any) -> str:
    """A value as it is typed."""
    if value is None:
        return ""
    if kind == SHARE:
        return _plain(Decimal(value) * 100)
    if kind in (RATE, FACTOR):
        return _plain(Decimal(value))
    if kind == MONEY:
        return f"{value // 100:,}.{value % 100:02}"
    if kind == RATIOS:
        return ", ".join(_plain(Decimal(one) * 100) for one in value)
    if kind == TERMS:
        return ", ".join(str(one) for one in value)
    if kind == FLAG:
        return "on" if value else ""
    return str(value)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read(posted: QueryDict) -> dict[str, Any]:
    """Every field as a value; `Invalid` with the field for the first that cannot be read."""
    return {one.name: _read(one, posted.get(one.name, "").strip()) for one in BY_NAME.values()}


def _read(one: Asked, typed: str) -> Any:
    """What was typed as a value; `Invalid` with the field where it cannot be read."""
    if one.kind in (TEXT, CHOICE):
        return typed[:120]
    if one.kind == FLAG:
        return typed == "on"
    if not typed and one.name in drafting.MAY_BE_EMPTY:
        return None
    if one.kind == MONEY:
        return _money(one, typed)
    parts = typed.replace("，", ",").replace("%", "").split(",")
    numbers = [_number(one, part.strip()) for part in parts]
    if one.kind == RATIOS:
        return [number / 100 for number in numbers]
    if one.kind == TERMS:
        return [_whole(one, number) for number in numbers]
    if len(numbers) != 1:
        raise _unreadable(one)
    if one.kind == DAYS:
        return _whole(one, numbers[0])
    return numbers[0] / 100 if one.kind == SHARE else numbers[0]


def _money(one: Asked, typed: str) -> int:
    if typed in ("0", "0.00"):
        return 0
    amount, problem = read_amount(typed)
    if amount is None:
        raise Invalid("amount-unreadable", problem, field=one.name)
    return int(amount)


def _number(one: Asked, typed: str) -> Decimal:
    try:
        number = Decimal(typed)
    except InvalidOperation:
        raise _unreadable(one) from None
    if not number.is_finite() or number != number.quantize(Decimal("0.0001")):
        raise _unreadable(one)
    return number


def _whole(one: Asked, number: Decimal) -> int:
    if number != int(number):
        raise _unreadable(one)
    return int(number)


def _unreadable(one: Asked) -> Invalid:
    return Invalid("figure-unreadable", "This figure cannot be read.", field=one.name)
