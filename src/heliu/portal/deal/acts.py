"""What a desk may do with a deal now; everything else is not offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.portal.deal.changes import may_change
from heliu.portal.deal.modes import may_set_off
from heliu.portal.deal.sides import Side
from heliu.trade import confirming, open_account
from heliu.trade.exchange import TAKES_GOODS


@dataclass(frozen=True, slots=True)
class Act:
    """A button: a form of its own when it acts at once, a link when a sheet follows ("…")."""

    label: str
    href: str
    is_post: bool = False
    is_filled: bool = False


def acts_for(side: Side, actor: Actor, view: Any, at: datetime) -> list[Act]:
    """The acts of this side in this state; at most one is filled, and it stands last."""
    if view.deal.is_stock:
        return _of_stock(side, view)
    if view.order is None:
        return []
    by_side = {"buyer": _buyer, "seller": _seller, "lender": _lender, "custodian": _custodian}
    return by_side[side](actor, view, at)


def _of_stock(side: Side, view: Any) -> list[Act]:
    """A loan against stock is dealt with where its pool is shown."""
    if side not in ("buyer", "lender"):
        return []
    return [Act(_("The stock…"), reverse("pool", args=[view.deal.number]), is_filled=True)]


def _buyer(actor: Actor, view: Any, at: datetime) -> list[Act]:
    deal, order, loan = view.deal, view.order, view.loan
    acts = []
    if order.status in ("PLACED", "CONFIRMED") and actor.may("order"):
        acts.append(Act(_("Cancel…"), reverse("deal_cancel", args=[deal.number])))
    if may_change(actor, order):
        acts.append(Act(_("Change…"), reverse("deal_change", args=[deal.number])))
    if actor.may("order"):
        acts.append(Act(_("Order again…"), reverse("dealer_again", args=[order.number])))
    if actor.may("order"):
        acts.append(Act(_("Open a case…"), reverse("case_new", args=[order.number])))
        pledge = view.pledge
        is_pledged = pledge is not None and pledge.status in ("ACTIVE", "PARTLY_RELEASED")
        if is_pledged or (loan is None and any(line.received for line in order.lines.all())):
            acts.append(Act(_("Give back…"), reverse("return_new", args=[order.number])))
        if is_pledged and loan is not None and loan.status in TAKES_GOODS:
            acts.append(
                Act(_("Bring goods…"), reverse("deal_bring", args=[deal.number]))
                if pledge.is_short
                else Act(_("Exchange goods…"), reverse("deal_exchange", args=[deal.number]))
            )
    if loan is None:
        return acts
    if loan.status == "QUOTED" and loan.expires_at > at and actor.may("sign"):
        acts.append(Act(_("Sign…"), reverse("deal_sign", args=[deal.number]), is_filled=True))
    if (loan.status in RUNNING or loan.claim_left) and actor.may("pay"):
        if may_set_off(view):
            acts.append(
                Act(_("Settle from the margin…"), reverse("deal_set_off", args=[deal.number]))
            )
        label = _("Repay and release…") if view.pledge and not loan.claim_left else _("Repay…")
        label = _("Pay in and release…") if loan.is_promised else label
        acts.append(Act(label, reverse("deal_repay", args=[deal.number]), is_filled=True))
    return acts


def _seller(actor: Actor, view: Any, at: datetime) -> list[Act]:
    deal, order = view.deal, view.order
    acts = []
    if order.status in ("PLACED", "CONFIRMED") and actor.may("sell"):
        acts.append(Act(_("Cancel…"), reverse("deal_cancel", args=[deal.number])))
    if _may_strike(order) and actor.may("sell"):
        acts.append(Act(_("Strike the rest…"), reverse("deal_strike", args=[deal.number])))
    if view.account and actor.may("sell"):
        address = reverse("deal_settle", args=[deal.number])
        if view.account.owed or view.account.owed_back:
            acts.append(Act(_("Record a payment…"), address))
        if view.account.refunded and open_account.refunds_by_hand(actor, deal):
            address = reverse("deal_unrefund", args=[deal.number])
            acts.append(Act(_("Take a refund back…"), address))
    asked = approvals.about(actor, deal.pk, confirming.CONFIRM.name)
    if asked:
        acts.append(Act(_("Confirmation waits…"), reverse("approval", args=[asked.pk])))
    elif order.status == "PLACED" and order.pay_by != "FINANCE" and actor.may("sell"):
        address = reverse("deal_confirm", args=[deal.number])
        acts.append(Act(_("Confirm"), address, is_post=True, is_filled=True))
    if order.status in ("CONFIRMED", "PART_SHIPPED") and actor.may("ship"):
        acts.append(Act(_("Ship…"), reverse("deal_ship", args=[deal.number]), is_filled=True))
    return acts


def _may_strike(order: Any) -> bool:
    """Whether something of an order is still to be sent that no bank has paid for."""
    return order.pay_by != "FINANCE" and order.status in ("PLACED", "CONFIRMED", "PART_SHIPPED")


def _lender(actor: Actor, view: Any, at: datetime) -> list[Act]:
    loan = view.loan
    if loan is None:
        return []
    if loan.status == "REFERRED" and actor.may("decide"):
        address = reverse("bank_request", args=[loan.number])
        return [Act(_("Decide…"), address, is_filled=True)]
    acts = []
    is_out = loan.instrument == "LOAN" and loan.status in (*RUNNING, "REPAID")
    if is_out and actor.may("override"):
        address = reverse("bank_pay_out_day", args=[loan.number])
        acts.append(Act(_("Day of the pay-out…"), address))
    if loan.status in ("OVERDUE", "ENFORCING", "WRITTEN_OFF") and actor.may("enforce"):
        acts.append(Act(_("Default…"), reverse("deal_default", args=[view.deal.number])))
    return acts


def _custodian(actor: Actor, view: Any, at: datetime) -> list[Act]:
    return []
