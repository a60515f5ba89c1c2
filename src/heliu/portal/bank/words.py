"""The words of the evidence pack: why a person is asked, and what the checks found."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from heliu.information.credit_file.queries import Figure
from heliu.portal.ui.formats import MINUS, NOTHING, count_text, money_text
from heliu.portal.ui.parts import Pill
from heliu.trade.evidence import Check

WHY = {
    "AMOUNT_LARGE": N_("Large amount"),
    "WEAK_GRADE": N_("Weak score"),
    "NO_FITTING_DEPOSIT": N_("Deposit short"),
}


class Finding(NamedTuple):
    """A check in words: its tone, what was looked at, what was found."""

    tone: str
    title: str
    note: str


def why_pill(codes: list[str]) -> Pill:
    """The first rule that sent a request to a person."""
    known = next((code for code in codes if code in WHY), "")
    return Pill(_(WHY[known]) if known else _("By a person"), "due")


def finding(check: Check) -> Finding:
    """One check of the order in the reader's language."""
    title, note = FINDINGS[check.code](check)
    return Finding("quiet" if check.is_passed else "due", title, note)


def _priced(check: Check) -> tuple[str, str]:
    lines = int(check.found["lines"])
    words = ngettext("%(good)d of %(n)d line", "%(good)d of %(n)d lines", lines)
    return _("Priced by the seller's list of that day"), words % {
        "good": check.found["good"],
        "n": lines,
    }


def _reserved(check: Check) -> tuple[str, str]:
    held, wanted = (count_text(int(check.found[name])) for name in ("held", "wanted"))
    return _("The goods are there and set aside"), _("%(held)s of %(wanted)s pieces") % {
        "held": held,
        "wanted": wanted,
    }


def _known(check: Check) -> tuple[str, str]:
    days = int(check.found["days"])
    return _("Buyer and seller know each other"), ngettext("%(n)d day", "%(n)d days", days) % {
        "n": days
    }


def _single(check: Check) -> tuple[str, str]:
    number = str(check.found["number"])
    return _("No order of the same goods within 7 days"), number or _("none")


FINDINGS = {
    "PRICED": _priced,
    "RESERVED": _reserved,
    "KNOWN": _known,
    "SINGLE": _single,
}


def figure_text(figure: Figure) -> str:
    """A figure of the credit file in its unit."""
    value = figure.value
    if value is None:
        return NOTHING
    if figure.unit == "fen":
        return money_text(value)
    if figure.unit == "percent":
        return f"{MINUS if value < 0 else ''}{abs(value)}%"
    if figure.unit == "days":
        return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}
    return count_text(value)
