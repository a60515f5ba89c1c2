"""What the lender's people say to a hard finding (`controls`).

accepted   they go on: the findings are accepted, and the loan is paid out when its time comes
refused    they do not: the order is called off and what has moved goes back
"""

from __future__ import annotations

from datetime import datetime

from heliu.capital.bank import queries as payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.errors import Refused
from heliu.trade import controls, financed_order, side_exits
from heliu.trade.models import Deal, Finding
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.wake import wake


def accepted(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """The last of those who must has agreed to pay the locked deal out."""
    controls.require_waiting(deal, loan_of(deal))
    approval = asked_for.agreed(deal.id, controls.PAY_OUT.name)
    Finding.objects.filter(deal=deal, is_hard=True, approval=None).update(
        approval=approval.pk, accepted_at=at
    )
    financed_order.finance(deal, at=at)
    wake(deal.id)


def refused(deal: Deal, *, actor: Actor, reason: str, at: datetime) -> None:
    """One of them said no: the locked deal ends before its money is out."""
    controls.require_waiting(deal, loan_of(deal))
    if payments.has_open(deal.id):
        raise Refused(
            "bank-is-paying",
            "The bank is just paying for %(number)s.",
            number=number_of(deal),
            help="Try again in a minute.",
        )
    side_exits.stop(deal, actor=actor, reason=reason, at=at)
    wake(deal.id)
