"""How figures, dates and spans of time are written, in both languages.

Money is an integer in minor units (fen for CNY). Thousands are set off by commas in both
languages, the decimals always stand, the minus is U+2212. Dates follow the page's language: in
the running year ``11-22`` or ``22 Nov``, otherwise ``2026-11-22`` or ``22 Nov 2026``.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext, pgettext

from heliu.kernel.money import CURRENCY, digits_of, sign_of

ORGANISATION_ZONE = ZoneInfo("Asia/Shanghai")
MINUS = "−"
NOTHING = "–"

_WRITTEN_IN: ContextVar[str] = ContextVar("written_in", default=CURRENCY)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money_parts(minor: int, exponent: int = 2, *, plus: bool = False) -> tuple[str, str]:
    """Whole units with sign and thousands, and the decimals with their point (``.00``).

    ``exponent`` is the currency's number of decimals (ISO 4217); ``plus`` writes a sign before
    positive amounts, for changes.
    """
    whole, rest = divmod(abs(minor), 10**exponent)
    sign = MINUS if minor < 0 else "+" if plus and minor > 0 else ""
    decimals = f".{rest:0{exponent}d}" if exponent else ""
    return f"{sign}{whole:,}", decimals


def write_in(currency: str) -> None:
    """Amounts on the page being made are in this currency, unless one says its own: the page is
    about two who trade in it. A page begins with ours."""
    _WRITTEN_IN.set(currency or CURRENCY)


def written_in() -> str:
    """The currency of amounts on the page being made."""
    return _WRITTEN_IN.get()


def in_money(words: str, currency: str = "") -> str:
    """A heading that names our currency, as it is on a page whose amounts are in another, or over
    a column that is in another."""
    return words.replace(CURRENCY, currency or written_in())


def shared_currency(rows: Iterable[Any]) -> str:
    """The currency of a column of amounts: the one that all rows are in; where they are in
    several, or there are none, ours, and an amount in another says so itself."""
    found = {row.currency for row in rows}
    return found.pop() if len(found) == 1 else CURRENCY


def money_text(minor: int, *, plus: bool = False, currency: str = "") -> str:
    """The amount as plain text: ``−3,180.50``; another currency than ours before it:
    ``US$ 3.50``."""
    held = currency or written_in()
    return named("".join(money_parts(minor, digits_of(held), plus=plus)), held)


def named(amount: str, currency: str) -> str:
    """A written amount with its currency's sign, where that is not ours: ``−US$ 3.50``."""
    if currency == CURRENCY:
        return amount
    minus = amount[:1] if amount[:1] in (MINUS, "+") else ""
    return f"{minus}{sign_of(currency)} {amount.removeprefix(minus)}"


def abroad(minor: int | None, currency: str) -> str:
    """An amount in another currency, for a column of its own; of ours nothing."""
    return "" if minor is None or currency == CURRENCY else money_text(minor, currency=currency)


def money_short(minor: int, language: str, exponent: int = 2) -> tuple[str, str]:
    """A rounded amount and its unit for strips and charts: 1,846.2 and 万, or 18.5 and m.

    Chinese counts in 万 and 亿, English in m and bn; smaller amounts are whole units, no unit.
    """
    value = Decimal(minor) / 10**exponent
    if language.startswith("zh"):
        scales = ((Decimal(10**8), "亿", 2), (Decimal(10**4), "万", 1))
    else:
        scales = ((Decimal(10**9), "bn", 2), (Decimal(10**6), "m", 1))
    for scale, unit, places in scales:
        if abs(value) >= scale:
            return _signed(value / scale, places), unit
    return _signed(value, 0), ""


def percent_text(value: Decimal, places: int = 1) -> str:
    """A share given in per cent, half up, without a space: ``79.5%``."""
    return f"{_signed(value, places)}%"


def count_text(number: int) -> str:
    """A number of things with thousands and the true minus."""
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


def day_text(day: date, today: date | None, language: str) -> str:
    """The day, without its year when that is ``today``'s year."""
    same_year = today is not None and day.year == today.year
    if language.startswith("zh"):
        return f"{day:%m-%d}" if same_year else f"{day:%Y-%m-%d}"
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if same_year else f"{text} {day.year}"


def moment_text(at: datetime, today: date | None, language: str, style: str = "minute") -> str:
    """The moment in the organisation's zone, on a 24-hour clock.

    ``style``: ``minute`` for day and 09:46, ``second`` for day and 10:02:11 (money, scans),
    ``time`` for 10:02:11 alone, ``clock`` for 10:02 alone.
    """
    local = at.astimezone(ORGANISATION_ZONE)
    clock = f"{local:%H:%M:%S}" if style in ("second", "time") else f"{local:%H:%M}"
    if style in ("time", "clock"):
        return clock
    return f"{day_text(local.date(), today, language)} {clock}"


def duration_text(span: timedelta) -> str:
    """A span in words, the two largest units at most: 38 ms, 54 s, 2 d 6 h, 35 days."""
    millis = span // timedelta(milliseconds=1)
    if abs(millis) < 1000:
        return gettext("%(n)d ms") % {"n": millis}
    seconds = abs(millis) // 1000
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if days and hours and days < 10:
        return gettext("%(d)d d %(h)d h") % {"d": days, "h": hours}
    if days:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if hours and minutes:
        return gettext("%(h)d h %(m)d min") % {"h": hours, "m": minutes}
    if hours:
        return gettext("%(n)d h") % {"n": hours}
    if minutes and seconds and minutes < 10:
        return gettext("%(m)d min %(s)d s") % {"m": minutes, "s": seconds}
    if minutes:
        return gettext("%(n)d min") % {"n": minutes}
    return gettext("%(n)d s") % {"n": seconds}


def aside(*things: str) -> str:
    """One thing and what is said of it: ``a, b`` or ``a，b``; what is empty is left out."""
    return pgettext("before what is said of it", ", ").join(filter(None, things))


def colon() -> str:
    """What stands between a label, or who speaks, and what is said."""
    return pgettext("between a label and what is said", ": ")


def listed(things: Iterable[str]) -> str:
    """What there is side by side in a sentence: ``a, b`` or ``a、b``; what is empty is left out."""
    return pgettext("between the things of a list", ", ").join(filter(None, things))


def _signed(value: Decimal, places: int) -> str:
    """A decimal rounded half up, with thousands and the true minus."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,}"
