"""The seller's yes to an order, as the tier of the customer has it.

    levels_of   who else must agree to a yes: by the customer's tier, else by the house's own rules
    confirm     somebody of the seller says yes: the order is confirmed, or those others are asked
    agreed      all have agreed: it is confirmed
    run         the worker confirms what a tier lets pass by itself

An order that is paid by transfer is confirmed with its money, which a person has seen: only orders
on terms confirm themselves. Financed ones do when the bank has paid, whatever the tier.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_noop as N_

from heliu.commerce.ordering.models import Order, OrderStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.jobs import rounds
from heliu.kernel.money import CURRENCY, LARGEST
from heliu.kernel.parties.models import TradingRelationship
from heliu.trade import asking, deals, place_order
from heliu.trade.currencies import require_ours
from heliu.trade.models import Deal, TierOffer
from heliu.trade.paperwork import order_of
from heliu.trade.steps import locked, parties

CONFIRM = Act("order-confirm", agreed_by=("sell", "terms", "manage"))
SYSTEM = Actor.system()
AT_ONCE = 200
BOUNDED = N_(
    "Your house says by amounts in %(ours)s who agrees to an order; this order is in %(currency)s."
    " Take those rules away, or cancel the order."
)
DUE = """
select o.id
  from trade_tieroffer t
  join parties_tradingrelationship r
    on r.seller = t.seller and r.tier_applied = t.tier and r.status = 'ACTIVE'
  join ordering_order o
    on o.seller = r.seller and o.buyer = r.buyer and o.status = 'PLACED' and o.pay_by = 'TERMS'
   and o.total <= t.passes_to
 where t.passes_to is not null"""


def levels_of(order: Order) -> Sequence[Level]:
    """Who else of the seller's house must agree to a yes of one of its people. The bounds are in
    ours: in another currency it is whoever is asked about the largest order."""
    offer = _offer(order)
    amount = order.total if order.currency == CURRENCY else LARGEST
    if offer and offer.agreed_from is not None and amount >= offer.agreed_from:
        return [Level("sell", offer.agreed_people)]
    return approvals.levels_of(CONFIRM, org=order.seller, amount=amount)


def confirm(order_id: UUID, *, actor: Actor, at: datetime, reason: str = "") -> Approval | None:
    """Somebody of the seller says yes; the question, where others of the house must agree first.

    Raises what `place_order.confirm` does; `Refused` (approval-waits) where they are asked already,
    (currency-ours-alone) where they would be asked about another currency than ours.
    """
    actor.require("sell")
    deal = deals.of_order(actor, order_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        must = [] if actor.is_system or order.status != OrderStatus.PLACED else levels_of(order)
        if not must or order.lender:
            place_order.confirm(order_id, actor=actor, at=at)
            return None
        place_order.refuse_other_side(order, actor)
        require_ours(order, BOUNDED)
        return asking.ask(
            CONFIRM, subject=deal.id, name=order.number, org=order.seller, amount=order.total,
            actor=actor, reason=reason or order.number, levels=must, at=at,
        )  # fmt: skip


def agreed(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """All who must agree have agreed."""
    if order_of(deal).status == OrderStatus.PLACED:
        place_order.confirm(deal.order_id, actor=actor, at=at)


def overtaken(deal: Deal, *, at: datetime) -> None:
    """The order is another than they were asked about: whoever says yes to it asks anew."""
    approvals.overtaken(deal.id, act=CONFIRM, at=at)


def run(*, at: datetime) -> int:
    """Confirm the orders on terms that the tiers of their customers let pass; how many it were."""
    due = Order.objects.filter(pk__in=RawSQL(DUE, []))  # noqa: S611  # a constant
    return rounds.each(
        "order-confirm", due.order_by("placed_at", "id"), partial(_pass, at=at), at=at, most=AT_ONCE
    )


def _pass(order_id: UUID, *, at: datetime) -> None:
    deal = locked(deals.of_order(SYSTEM, order_id).id)
    if order_of(deal).status == OrderStatus.PLACED:
        place_order.confirm(order_id, actor=SYSTEM, at=at)
        overtaken(deal, at=at)


def _offer(order: Order) -> TierOffer | None:
    link = TradingRelationship.objects.filter(buyer=order.buyer, seller=order.seller).first()
    if link is None or not link.tier_applied:
        return None
    return TierOffer.objects.filter(seller=order.seller, tier=link.tier_applied).first()
