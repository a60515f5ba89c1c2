"""What is still to come in a deal, as far as its documents say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from django.utils.translation import gettext as _

from heliu.portal.deal.flow import CLOSE, Expected
from heliu.portal.deal.modes import is_bill
from heliu.portal.deal.sides import Side
from heliu.portal.ui.formats import money_text

ENDED_LOANS = ("DECLINED", "EXPIRED", "CANCELLED", "UNWINDING", "BANK_REJECTED")

CAPITAL = ("capital",)
LOGISTICS = ("logistics",)
COMMERCE = ("commerce",)
PAYMENT = ("commerce", "capital")
PLEDGE = ("capital", "logistics")


SEEN_BY: Mapping[str, Set[str]] = {
    "seller": {
        "capital.seller-paid",
        "capital.bill-accepted",
        "logistics.goods-shipped",
        "logistics.goods-pledged",
    },
    "custodian": {"logistics.goods-shipped", "logistics.goods-pledged"},
}
"""What of a loan's way the sides are told that are no party to the loan."""


def still_to_come(side: Side, order: Any, loan: Any, pledge: Any, told: Set[str]) -> list[Expected]:
    """The steps ahead, in their order, that this side will be told of.

    ``told`` are the names of the facts that happened. A cancelled order and a loan that came to
    nothing expect nothing; money that goes back is told when it went.
    """
    if "capital.loan-closed" in told or "commerce.order-cancelled" in told:
        return []
    if order is not None and order.status in ("CANCELLED", "COMPLETED"):
        return []
    if order is not None and order.pay_by != "FINANCE":
        return _without_bank(order)
    if loan is not None and loan.status in ENDED_LOANS:
        return []
    path = (
        Expected("capital.loan-signed", _("Agreement signed"), _("Agreement|signed"), CAPITAL),
        Expected("capital.deposit-booked", _("Deposit received"), _("Deposit|received"), CAPITAL),
        *_financing(loan),
        Expected("logistics.goods-shipped", _("Goods shipped"), _("Goods|shipped"), LOGISTICS),
        Expected(
            "logistics.goods-pledged", _("Received and pledged"), _("Received,|pledged"), PLEDGE
        ),
    )
    done = max((n for n, step in enumerate(path, start=1) if step.key in told), default=0)
    ahead = [step for step in path[done:] if side not in SEEN_BY or step.key in SEEN_BY[side]]
    close = Expected("close", _("Deal closed"), _("Deal|closed"), CLOSE)
    return [*ahead, *([] if side == "seller" else _to_the_end(loan, pledge)), close]


def _financing(loan: Any) -> tuple[Expected, ...]:
    """How the seller comes to be paid, or to hold a bill."""
    if loan is not None and is_bill(loan):
        return (Expected("capital.bill-accepted", _("Bill accepted"), _("Bill|accepted"), PAYMENT),)
    return (
        Expected("capital.loan-disbursed", _("Loan paid out"), _("Loan|paid out"), CAPITAL),
        Expected("capital.seller-paid", _("Seller paid"), _("Seller|paid"), PAYMENT),
    )


def _without_bank(order: Any) -> list[Expected]:
    ahead = {
        "PLACED": ("confirmed", "shipped", "received"),
        "CONFIRMED": ("shipped", "received"),
        "PART_SHIPPED": ("shipped", "received"),
        "SHIPPED": ("received",),
    }.get(order.status, ())
    steps = {
        "confirmed": Expected("confirmed", _("Order confirmed"), _("Order|confirmed"), COMMERCE),
        "shipped": Expected("shipped", _("Goods shipped"), _("Goods|shipped"), LOGISTICS),
        "received": Expected("received", _("Goods received"), _("Goods|received"), LOGISTICS),
    }
    end = Expected("completed", _("Order completed"), _("Order|completed"), CLOSE)
    return [*(steps[name] for name in ahead), end]


def _to_the_end(loan: Any, pledge: Any) -> list[Expected]:
    steps = []
    if loan is None or loan.status not in ("REPAID", "CLOSED"):
        left = loan.to_repay or loan.principal if loan is not None else 0
        steps.append(
            Expected(
                "repay",
                _("Repay and release"),
                _("Repay,|release"),
                PLEDGE,
                loan.due_on if loan is not None else None,
                money_text(left) if left else "",
            )
        )
    if pledge is None or pledge.picked_up_quantity < pledge.pledged_quantity:
        steps.append(Expected("fetch", _("Goods picked up"), _("Goods|picked up"), LOGISTICS))
    return steps
