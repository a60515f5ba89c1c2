"""The modes of a pledged order in words, one place for each question. Pure.

Terms on offer and loans have the same modes, so both are told alike.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def frees(terms: Any) -> str:
    """What sets the goods free once they lie in the warehouse."""
    return {
        "PROPORTIONAL": _("pledged to the bank on receipt; what you repay sets goods free"),
        "DEPOSIT_FIRST": _(
            "pledged to the bank on receipt; goods worth your deposit come free at once, then goods"
            " worth what you repay"
        ),
    }[terms.release_mode]


def form(loan: Any) -> str:
    """How the order is financed, in a line."""
    return {
        "PROPORTIONAL": _("Goods come free with the repaid share of the loan."),
        "DEPOSIT_FIRST": _("Goods come free for all that was paid in, the deposit included."),
    }[loan.release_mode]
