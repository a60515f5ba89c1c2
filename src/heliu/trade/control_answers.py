"""What the lender's people say to a hard finding (`controls`).

accepted   they go on: the findings are accepted, and the loan is paid out when its time comes
refused    they do not: the order is called off and what has moved goes back
ties_ended (worker) a tie ended before they said anything: what it spoke against goes on
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from heliu.capital.bank import queries as payments
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.parties.models import Tie
from heliu.trade import controls, side_exits
from heliu.trade.financed_order import paying_out
from heliu.trade.models import Deal, Finding, Outcome
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.registration import BEFORE_PAY_OUT
from heliu.trade.steps import locked
from heliu.trade.wake import wake


def accepted(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """The last of those who must has agreed to pay the locked deal out."""
    controls.require_waiting(deal, loan_of(deal))
    approval = asked_for.agreed(deal.id, controls.PAY_OUT.name)
    waiting = Finding.objects.filter(deal=deal, is_hard=True, approval=None, ended_at=None)
    waiting.update(approval=approval.pk, accepted_at=at)
    paying_out.finance(deal, at=at)
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


def ties_ended(*, at: datetime) -> int:
    """Look again at deals that wait for people's word on a tie of their houses, where one has ended
    of late; returns how many went on. For the worker: whoever ends a tie sees no deals."""
    lately = day_of(at) - timedelta(days=1)
    sides = Q(org=OuterRef("deal__buyer")) | Q(org=OuterRef("deal__seller"))
    ended = Tie.objects.filter(sides, until__gte=lately)
    waiting = Finding.objects.filter(
        Exists(ended), is_hard=True, approval=None, ended_at=None, deal__outcome=Outcome.OPEN
    )
    went = 0
    for deal_id in set(waiting.values_list("deal", flat=True)):
        with transaction.atomic():
            deal = locked(deal_id)
            loan = loan_of(deal)
            if loan.status not in BEFORE_PAY_OUT:
                continue
            found = controls.look_anew(deal, loan, at=at)
            if all(one.approval or not one.is_hard for one in found):
                paying_out.finance(deal, at=at)
                went += 1
    return went
