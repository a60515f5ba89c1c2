"""What a pool is called and said to be, for whoever reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from heliu.capital.valuation.policies import Rules, loan_to_value, read, said
from heliu.portal.ui.formats import NOTHING, money_text, percent_text

WHY: Mapping[str, str] = {
    "unpriced": N_("nobody quotes a price"),
    "stale": N_("its price is too old"),
    "aged": N_("lies there for too long"),
    "crowded": N_("too much of one kind"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """A button that leads to a sheet."""

    label: str
    href: str
    is_filled: bool = False


def state_of(pool: Any, loan: Any, call: Any) -> tuple[str, str]:
    """The words and the tone of the pill: the call, else the level, else the loan."""
    if loan.status not in ("SELLER_PAID", "OVERDUE"):
        return str(loan.get_status_display()), str(loan.tone)
    if call is not None:
        return str(call.get_status_display()), str(call.tone)
    if loan.status == "OVERDUE":
        return str(loan.get_status_display()), str(loan.tone)
    return str(pool.get_level_display()), str(pool.tone)


def is_lost(pool: Any, call: Any) -> bool:
    """Whether the lender need not wait for the call to be cured."""
    return call is not None and (call.status == "LAPSED" or pool.level == "LIQUIDATION")


def percent_of(stands: Any) -> str:
    """What is owed as per cent of the value."""
    found = loan_to_value(stands.exposure, stands.value)
    return percent_text(found) if found is not None else NOTHING


def ratio_of(loan: Any) -> Decimal:
    """The share of the value that a loan began at, at most."""
    return read(loan.margin_rules).opening_ratio


def share(value: Decimal) -> str:
    """A share in per cent, without needless places."""
    return percent_text((value * 100).normalize(), 0 if value * 100 % 1 == 0 else 1)


def steps_note(loan: Any) -> str:
    """The steps at which the loan is looked at."""
    rules = read(loan.margin_rules)
    return _("call at %(call)s, sale at %(sale)s") % {
        "call": share(rules.call_ratio),
        "sale": share(rules.liquidation_ratio),
    }


def rules_rows(rules: Rules) -> list[tuple[str, str]]:
    """The lender's rules, a line each."""
    days = ngettext("%(n)d working day", "%(n)d working days", rules.cure_days)
    return [
        (_("Lends of the value, at most"), share(rules.opening_ratio)),
        (_("Warns from"), share(rules.warn_ratio)),
        (_("Calls from"), share(rules.call_ratio)),
        (_("Sells from"), share(rules.liquidation_ratio)),
        (_("Time to cure a call"), days % {"n": rules.cure_days}),
        (_("Taken off the goods' worth"), share(rules.haircut)),
        (_("One kind counts up to"), share(rules.concentration)),
        (_("A price holds"), _days(rules.stale_days)),
        (_("Goods count"), _days(rules.max_age_days)),
    ]


def read_rules(rules: Any) -> Rules:
    """A programme's rules as they would be written down with a loan."""
    return read(said(rules))


def why_words(why: str) -> str:
    """Why goods count nothing, or less."""
    return _(WHY[why]) if why else ""


def next_step(pool: Any, loan: Any, call: Any, *, is_mine: bool) -> str:
    """What comes next, in the words of the side that reads; '' when nothing does."""
    if call is not None and loan.status in ("SELLER_PAID", "OVERDUE"):
        return _called(pool, call, is_mine=is_mine)
    own, others = {
        "REFERRED": (_("The bank decides."), _("Decide on the loan.")),
        "QUOTED": (_("Sign the agreement."), _("The borrower signs.")),
        "AWAIT_GOODS": (
            _("Send the goods to the warehouse; when they are counted and the pledge is registered"
              " the bank pays out."),
            _("The goods are on their way to the warehouse, or to be registered."),
        ),
        "DISBURSING": (_("The bank pays out."), _("The bank pays out.")),
        "REPAID": (_("Fetch your goods."), _("The borrower fetches its goods.")),
        "ENFORCING": (
            _("The bank sells the goods; all that is owed ends it."),
            _("Sell the goods, or write off what is left."),
        ),
    }.get(loan.status, ("", ""))  # fmt: skip
    return own if is_mine else others


def _called(pool: Any, call: Any, *, is_mine: bool) -> str:
    if is_lost(pool, call):
        return (
            _("The bank may sell the goods now. Repay, or bring goods, at once.")
            if is_mine
            else _("The call was not cured in time: the goods may be taken or sold.")
        )
    said = {"day": call.until.isoformat(), "n": money_text(call.cash)}
    return (
        _("Repay, or bring goods, by %(day)s.") % said
        if is_mine
        else _("The borrower has until %(day)s.") % said
    )


def _days(number: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


SHARES = (
    "opening_ratio", "warn_ratio", "call_ratio", "liquidation_ratio", "haircut", "concentration",
)  # fmt: skip
DAYS = ("cure_days", "stale_days", "max_age_days")


def figure_names() -> dict[str, str]:
    """What the figures of margin rules are called where they are typed."""
    said = (
        _("Lends of the value, at most, in percent"),
        _("Warns from, in percent"),
        _("Calls from, in percent"),
        _("Sells from, in percent"),
        _("Taken off the goods' worth, in percent"),
        _("One kind counts up to, in percent"),
        _("Working days to cure a call"),
        _("Days a price holds"),
        _("Days goods count"),
    )
    return dict(zip((*SHARES, *DAYS), said, strict=True))
