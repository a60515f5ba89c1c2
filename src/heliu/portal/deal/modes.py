"""The modes of a pledged order in words, one place for each question. Pure.

Terms on offer and loans have the same modes, so both are told alike.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from heliu.capital.lending.queries import RUNNING
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Will


def is_bill(terms: Any) -> bool:
    """Whether a bill stands in place of a loan."""
    return bool(terms.instrument == "ACCEPTANCE_BILL")


def is_on_stock(terms: Any) -> bool:
    """Whether it is lent against a pool of goods, and not for an order."""
    return bool(terms.release_mode == "FLOOR")


def named(terms: Any) -> str:
    """What the order is financed with, as a row or a heading."""
    return _("Bill") if is_bill(terms) else _("Loan")


def owed_named(loan: Any) -> str:
    """What of the principal is still to be brought, as a figure."""
    if loan.is_promised:
        return _("Still to be paid in")
    return _("Principal owed") if loan.disbursed_on else named(loan)


def form(terms: Any) -> str:
    """How the order is financed: with what, what the deposit does, and what sets goods free."""
    if is_on_stock(terms):
        return _("Lent against stock: what lies above the floor may be taken out at any time.")
    said = {
        ("LOAN", "DOWN_PAYMENT"): _("The deposit goes to the seller beside the loan."),
        ("LOAN", "CASH_MARGIN"): _(
            "The bank keeps the deposit as margin and lends all of the order."
        ),
        ("ACCEPTANCE_BILL", "CASH_MARGIN"): _(
            "The bank keeps the deposit as margin and accepts a bill of all of the order; the"
            " dealer fills the margin up before it is due."
        ),
    }[terms.instrument, terms.deposit_mode]
    release = {
        "PROPORTIONAL": _("Goods come free with the repaid share of the loan."),
        "DEPOSIT_FIRST": _("Goods come free for all that was paid in, the deposit included."),
    }[terms.release_mode]
    return f"{said} {release}"


def lateness(terms: Any, programme: Any) -> str:
    """What being late costs."""
    factor = programme.penalty_factor.normalize()
    if is_bill(terms):
        late = _("What is missing on the due day costs %(factor)s times the rate from that day on.")
        return late % {"factor": factor}
    late = _("After %(days)s days of grace, %(factor)s times the rate is charged on what is late.")
    return late % {"days": programme.grace_days, "factor": factor}


def in_the_end(terms: Any) -> Will:
    """What the due day asks for."""
    words, note = (
        _("Principal, interest and fee are due on %(day)s"),
        _("earlier repayment costs less"),
    )
    if is_bill(terms):
        words, note = (
            _("The rest is paid in by %(day)s"),
            _("then the bank pays the bill out of it"),
        )
    return Will(words % {"day": terms.due_on.isoformat()}, terms.due_in_the_end, note=note)


def signed(terms: Any) -> str:
    """What is said when the agreement is signed."""
    if is_on_stock(terms):
        return _("Signed. Send the goods to the warehouse; then the bank pays out.")
    if is_paid_in(terms):
        return _("Signed. Pay the deposit in, naming the loan; then the bank goes on.")
    if is_bill(terms):
        return _("Signed. The bank takes margin and fee and accepts the bill.")
    return _("Signed. The bank takes the deposit and pays the seller.")


def seller_gets(terms: Any, seller: str) -> list[Will]:
    """How the seller comes to its money."""
    if is_bill(terms):
        note = _("payable to %(seller)s alone, on %(day)s") % {
            "seller": seller,
            "day": terms.due_on.isoformat(),
        }
        return [Will(_("The bank accepts a bill for the seller"), terms.order_total, note=note)]
    return [
        Will(
            _("The bank pays the loan into the supervised account"),
            terms.principal,
            plus=True,
            note=_("it can pay only %(seller)s") % {"seller": seller},
        ),
        Will(_("%(seller)s is paid") % {"seller": seller}, terms.order_total),
    ]


def deposit_named(terms: Any, ratio: str) -> str:
    """The deposit as a row of an account."""
    words = {"DOWN_PAYMENT": _("Deposit %(ratio)s"), "CASH_MARGIN": _("Margin %(ratio)s")}
    return words[terms.deposit_mode] % {"ratio": ratio}


def deposit_note(terms: Any) -> str:
    """The deposit in money, and that it stays if it does."""
    paid = money_text(terms.deposit)
    is_kept = terms.deposit_mode == "CASH_MARGIN"
    return _("%(amount)s, kept as margin") % {"amount": paid} if is_kept else paid


def is_paid_in(terms: Any) -> bool:
    """Whether the dealer pays the deposit in itself; only of a loan it is known."""
    return getattr(terms, "deposit_by", "") == "PAID_IN"


def deposit_taken(terms: Any) -> Will:
    """What becomes of the deposit when the agreement is signed."""
    if is_paid_in(terms):
        note = _("within %(n)d days; you are told the account") % {"n": terms.deposit_days}
        return Will(_("You pay the deposit in by a transfer"), -terms.due_now, note=note)
    if terms.deposit_mode == "CASH_MARGIN":
        if is_bill(terms):
            words, note = _("Margin and fee are taken"), _("the bank keeps the margin for the bill")
            return Will(words, -terms.due_now, note=note)
        note = _("the bank keeps it as security; it comes back when the loan is repaid")
        return Will(_("The margin is taken from your account"), -terms.deposit, note=note)
    return Will(
        _("The deposit is taken from your account"), -terms.deposit, note=_("today, in seconds")
    )


def frees(terms: Any) -> str:
    """What sets the goods free once they lie in the warehouse."""
    return {
        "FLOOR": _("pledged to the bank on receipt; what lies above the floor you may take out"),
        "PROPORTIONAL": _("pledged to the bank on receipt; what you repay sets goods free"),
        "DEPOSIT_FIRST": _(
            "pledged to the bank on receipt; goods worth your deposit come free at once, then goods"
            " worth what you repay"
        ),
    }[terms.release_mode]


def may_set_off(view: Any) -> bool:
    """Whether the margin of a running loan, with what it bore, reaches for all that is owed."""
    loan, owed = view.loan, view.owed
    if loan is None or owed is None or loan.status not in RUNNING or loan.is_promised:
        return False
    return bool(0 < owed.total <= view.margin)
