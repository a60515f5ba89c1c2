"""The modes of a pledged order in words, one place for each question. Pure.

Terms on offer and loans have the same modes, so both are told alike.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from heliu.capital.lending.queries import RUNNING
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Will


def form(terms: Any) -> str:
    """How the order is financed: what the deposit does, and what sets goods free."""
    deposit = {
        "DOWN_PAYMENT": _("The deposit goes to the seller beside the loan."),
        "CASH_MARGIN": _("The bank keeps the deposit as margin and lends all of the order."),
    }[terms.deposit_mode]
    release = {
        "PROPORTIONAL": _("Goods come free with the repaid share of the loan."),
        "DEPOSIT_FIRST": _("Goods come free for all that was paid in, the deposit included."),
    }[terms.release_mode]
    return f"{deposit} {release}"


def deposit_named(terms: Any, ratio: str) -> str:
    """The deposit as a row of an account."""
    words = {"DOWN_PAYMENT": _("Deposit %(ratio)s"), "CASH_MARGIN": _("Margin %(ratio)s")}
    return words[terms.deposit_mode] % {"ratio": ratio}


def deposit_note(terms: Any) -> str:
    """The deposit in money, and that it stays if it does."""
    paid = money_text(terms.deposit)
    is_kept = terms.deposit_mode == "CASH_MARGIN"
    return _("%(amount)s, kept as margin") % {"amount": paid} if is_kept else paid


def deposit_taken(terms: Any) -> Will:
    """What becomes of the deposit when the agreement is signed."""
    if terms.deposit_mode == "CASH_MARGIN":
        note = _("the bank keeps it as security; it comes back when the loan is repaid")
        return Will(_("The margin is taken from your account"), -terms.deposit, note=note)
    return Will(
        _("The deposit is taken from your account"), -terms.deposit, note=_("today, in seconds")
    )


def frees(terms: Any) -> str:
    """What sets the goods free once they lie in the warehouse."""
    return {
        "PROPORTIONAL": _("pledged to the bank on receipt; what you repay sets goods free"),
        "DEPOSIT_FIRST": _(
            "pledged to the bank on receipt; goods worth your deposit come free at once, then goods"
            " worth what you repay"
        ),
    }[terms.release_mode]


def may_set_off(view: Any) -> bool:
    """Whether the margin of a running loan reaches for all that is owed."""
    loan, owed = view.loan, view.owed
    if loan is None or owed is None or loan.status not in RUNNING:
        return False
    return bool(0 < owed.total <= loan.margin)
