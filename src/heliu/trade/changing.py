"""An order as its buyer changes it after it was placed.

    propose    what the order would be and cost: nothing is written
    change     the same, asked for: made at once, or laid before those who must agree
    agreed     the buyer's house has agreed (its rules are met by what rises)
    answer     the seller agrees to a change of an order it has confirmed, or says no
    withdraw   the buyer takes it back

While the seller has not confirmed, the order is its buyer's to change; afterwards the seller
agrees to whatever concerns the goods. Until all have agreed the order stays as it was, and what was
asked for keeps its prices. Made, everything that hangs on the order follows in one transaction:
budgets, credit, the seller's promise, promotions, the money that was paid before. A line of which
something was sent keeps its price and can only become smaller; a financed order keeps its goods,
for the bank has decided on them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Place
from heliu.capital.books.journals import orders as journals
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import (
    OPEN_CHANGE,
    ChangeStatus,
    Order,
    OrderChange,
    OrderStatus,
    PayBy,
)
from heliu.commerce.ordering.versions import Version, moved
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.policies import Act
from heliu.kernel.behalf.queries import DEED_CHANGED, DEED_WITHDRAWN
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.posting import operations as posting
from heliu.kernel.posting.operations import LimitShort, NewHold
from heliu.logistics.stock.ends import Promise
from heliu.logistics.stock.moves import Short
from heliu.trade import (
    asking,
    back_orders,
    behalf,
    change_rewards,
    confirming,
    currencies,
    deals,
    purchases,
)
from heliu.trade.change_terms import Proposal, Wanted, propose_for, refuse_fixed
from heliu.trade.deliveries import complete
from heliu.trade.models import Deal, Step
from heliu.trade.names import reservation_of, terms_hold_of
from heliu.trade.steps import locked, parties, remember

SYSTEM = Actor.system()
CHANGE = Act("order-change", agreed_by=spending.PURCHASE.agreed_by)
WAITS = timedelta(days=CHANGE.days)


def propose(order_id: UUID, wanted: Wanted, *, actor: Actor, at: datetime) -> Proposal:
    """What the order would be, and what it would cost. Raises what stands in its way."""
    deal = _own(order_id, actor)
    with widened(parties(deal)):
        order = _order(deal)
        proposal = propose_for(deal, order, wanted, at=at)
        _refuse_centreless(order, proposal, actor)
        return proposal


def plain(order: Order) -> Version:
    """An order as its lines were priced, before what it earned as a whole: what a buyer changes."""
    lines = order.lines.select_related("sku__unit").order_by("position")
    return change_rewards.plain(order, Version.of(order, list(lines)))


def change(
    order_id: UUID,
    wanted: Wanted,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    seen: int | None = None,
) -> OrderChange:
    """Change an order, or ask those who must agree.

    `seen` is how many changes of it the buyer has seen made: another's in between is not undone.
    Raises what placing such an order would raise; `Refused` where a change waits already, where the
    order is past changing, or where a bank finances it, whose agreement the customer alone signs;
    `Invalid` where nothing would be another,
    or for want of a reason where others must agree.
    """
    deal = _own(order_id, actor)
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = _order(deal, lock=True)
        _refuse_crossing(order, seen)
        proposal = propose_for(deal, order, wanted, at=at)
        _refuse_centreless(order, proposal, actor)
        made = ordering.note_change(
            order, proposal.before, proposal.after, reason=reason, actor=actor, at=at
        )
        if must := _must(order, proposal, actor):
            asking.ask(
                CHANGE, subject=deal.id, name=order.number, org=order.buyer,
                amount=proposal.after.total, actor=actor, reason=reason, levels=must.levels,
                kind="change-asked-of-house", at=at,
            )  # fmt: skip
        else:
            _go_on(deal, made, proposal, actor=actor, at=at)
        behalf.changed(made, DEED_CHANGED, deals.link(deal), actor, at=at)
    return made


def agreed(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """The last yes of the buyer's house: the change is made, or laid before the seller."""
    made = _waiting(deal, ChangeStatus.HOUSE)
    _go_on(deal, made, _asked_for(deal, made, at), actor=actor, at=at)
    if made.status == ChangeStatus.MADE:  # whoever asked for it reads it
        _tell(deal, made, deal.buyer, "order-changed", at=at)


def turned_down(deal: Deal, *, actor: Actor, reason: str, at: datetime) -> None:
    """The buyer's house says no; the seller never hears of it."""
    made = _waiting(deal, ChangeStatus.HOUSE)
    ordering.refuse_change(made, reason=reason, actor=actor, at=at)
    _tell(deal, made, deal.buyer, "change-refused", at=at)


def answer(
    order_id: UUID, *, agrees: bool, actor: Actor, at: datetime, reason: str = ""
) -> OrderChange:
    """The seller's word on the change that waits for it. A no needs a reason.

    What stands in the way on the buyer's side by now is told as such, and nothing of why.
    """
    actor.require("sell")
    deal = deals.of_order(actor, order_id)
    if not actor.is_system and deal.seller not in actor.orgs:
        raise Forbidden("not-your-order", "Only the seller answers this.")
    with widened(parties(deal)):
        deal = locked(deal.id)
        made = _waiting(deal, ChangeStatus.SELLER)
        if not agrees:
            if not reason.strip():
                raise Invalid("reason-missing", "A reason is needed.", field="reason")
            ordering.refuse_change(made, reason=reason, actor=actor, at=at)
            _tell(deal, made, deal.buyer, "change-refused", at=at)
            return made
        proposal = _asked_for(deal, made, at)
        try:
            _make(deal, made, proposal, actor=actor, at=at)
        except Refused as refusal:
            if refusal.code in ("budget-short", "budget-over"):
                raise Refused(
                    "buyer-not-able",
                    "The buyer's own house does not let this change pass as it stands now.",
                    help="Say no, with this as the reason; the buyer may ask anew.",
                ) from None
            raise
    return made


def withdraw(order_id: UUID, *, actor: Actor, at: datetime) -> OrderChange:
    """The buyer takes back what it asked for and nobody has agreed to yet."""
    deal = _own(order_id, actor)
    with widened(parties(deal)):
        deal = locked(deal.id)
        made = _waiting(deal, *OPEN_CHANGE)
        approvals.overtaken(deal.id, act=CHANGE, at=at)
        ordering.end_change(made, ChangeStatus.WITHDRAWN, actor=actor, at=at)
        if made.is_told:
            _tell(deal, made, deal.seller, "change-withdrawn", at=at)
        behalf.changed(made, DEED_WITHDRAWN, deals.link(deal), actor, at=at)
    return made


def expire(*, at: datetime) -> int:
    """Changes that nobody answered in time are over; the orders stay as they were."""
    due = OrderChange.objects.filter(status__in=OPEN_CHANGE, asked_at__lte=at - WAITS)
    found = Deal.objects.filter(order_id__in=due.values("order")).order_by("pk")
    for deal in found:
        locked(deal.id)
        made = due.select_related("order").filter(order=deal.order_id).first()
        if made is not None:
            approvals.overtaken(deal.id, act=CHANGE, at=at)
            ordering.end_change(made, ChangeStatus.OVERTAKEN, actor=SYSTEM, at=at)
            _tell(deal, made, deal.buyer, "change-expired", at=at)
    return len(found)


def _must(order: Order, proposal: Proposal, actor: Actor) -> purchases.Must | None:
    """Who of the buyer's house must agree: its rules are asked of what rises, for whoever changes
    the order and for whoever placed it."""
    if not proposal.rises:
        return None
    currencies.refuse_rules(order.buyer, order.currency)
    return purchases.needs_for(
        order.buyer,
        {actor.user_id, order.placed_by},
        order=order.pk,
        total=proposal.after.total,
        skus=list(proposal.after.by_sku),
    )


def _refuse_centreless(order: Order, proposal: Proposal, actor: Actor) -> None:
    """A house that wants a cost centre on every order wants one on what rises of an older one."""
    is_asked = proposal.rises and queries.needs_centre(order.buyer)
    refused = spending.refused("centre")
    if is_asked and refused and _centre(order, actor.user_id) is None:
        raise refused


def _centre(order: Order, person: UUID | None) -> UUID | None:
    """The cost centre of an order, else that of who changes it, else that of who placed it."""
    found = (
        queries.centre_of(order.pk, buyer=order.buyer, person=one)
        for one in (person, order.placed_by)
    )
    return next((centre for centre in found if centre), None)


def _go_on(
    deal: Deal, made: OrderChange, proposal: Proposal, *, actor: Actor, at: datetime
) -> None:
    """The buyer's side is agreed: where the order is confirmed and goods are concerned, the seller
    is asked; else the change is made."""
    if made.order.status == OrderStatus.PLACED or not proposal.concerns_goods:
        _make(deal, made, proposal, actor=actor, at=at)
        return
    ordering.lay_before_seller(made, actor=actor, at=at)
    _tell(deal, made, deal.seller, "change-asked", at=at)


def _make(deal: Deal, made: OrderChange, proposal: Proposal, *, actor: Actor, at: datetime) -> None:
    """The order becomes what was agreed, and all that hangs on it follows; goods are held last."""
    order, before, after = made.order, proposal.before, proposal.after
    if proposal.concerns_amounts:
        change_rewards.make(order, after, priced=proposal.priced, at=at)
        _settle(order, before, after, by=made.asked_by, key=str(made.number), at=at)
    ordering.make_change(made, after, actor=actor, at=at)
    confirming.overtaken(deal, at=at)
    remember(deal, Step.CHANGED, key=str(made.number), actor=actor, at=at, total=after.total)
    for org in {deal.seller, deal.buyer} - set(actor.orgs):
        _tell(deal, made, org, "order-changed", at=at)
    if order.status == OrderStatus.RECEIVED and deal.loan_id is None:
        complete(deal, order, at=at)


def _settle(
    order: Order, before: Version, after: Version, *, by: UUID | None, key: str, at: datetime
) -> None:
    """Budgets, money, credit and goods for the order as it will be, changed by this person. What is
    limited is locked at once, so that several steps on it keep to the one order of locks."""
    holds = [*_credit(order, after), *_goods(order, before, after)]
    more = after.total - before.total
    joined = _joined(order, by, at) if more > 0 else []
    with widened(queries.bearers(order.pk) | {one.org for one in joined}):
        taken = queries.charges(order.pk)
        posting.lock(
            [
                *(one.period.account for one in taken),
                *(one.account for one in joined if one.account),
                *(hold.account for hold in holds),
            ]
        )
        try:
            spending.recharge(taken, more, key=key, at=at)
            spending.join(
                order.pk, order.buyer, joined, more,
                is_spent=order.status != OrderStatus.PLACED, key=key, at=at,
            )  # fmt: skip
            if order.pay_by == PayBy.TRANSFER and order.status != OrderStatus.PLACED:
                _book_difference(order, more, key=key, at=at)
            posting.rehold(holds, at=at)
            back_orders.refuse_waiting(order, holds)
        except LimitShort as short:
            raise _in_words(short, order, after) from short


def _joined(order: Order, by: UUID | None, at: datetime) -> list[queries.Joined]:
    """The budgets that bind what rises and not yet the order. One that named no cost centre is for
    that of who changes it, from now on."""
    if order.currency != CURRENCY:  # a house that has budgets was refused
        return []
    has_one = queries.centre_of(order.pk, buyer=order.buyer, person=None)
    if not has_one and (centre := _centre(order, by)):
        spending.name_centre(order.pk, centre, org=order.buyer)
    return queries.joined(order.pk, buyer=order.buyer, persons={by, order.placed_by}, on=day_of(at))


def _credit(order: Order, after: Version) -> list[NewHold]:
    """What the order holds of the buyer's trade credit: all of it but what was called off."""
    if order.pay_by != PayBy.TERMS:
        return []
    off = {line.sku_id: line.cancelled for line in order.lines.all()}
    amount = sum((line.quantity - off.get(line.sku, 0)) * line.unit_price for line in after.lines)
    key = Place(order.seller, Code.RECEIVABLE, order.buyer).key
    account = posting.account_ids([key])[key]
    return [NewHold(terms_hold_of(order.id), account, amount, order.id)]


def _goods(order: Order, before: Version, after: Version) -> list[NewHold]:
    """What the seller has promised of the goods that are moved; in one order of their ids."""
    off = {line.sku_id: line.cancelled for line in order.lines.all()}
    skus = {pair.line.sku for pair in moved(before, after)}
    keys = {sku: _promise(order, sku) for sku in skus}
    accounts = posting.account_ids(keys.values())
    wanted = after.by_sku
    holds = []
    for sku in skus:
        quantity = wanted[sku].quantity - off.get(sku, 0) if sku in wanted else 0
        if keys[sku] not in accounts:
            raise Short(sku)
        holds.append(
            NewHold(reservation_of(order.id, sku), accounts[keys[sku]], -quantity, order.id)
        )
    return holds


def _promise(order: Order, sku: UUID) -> str:
    return Promise(order.seller, order.seller, sku).account.key


def _book_difference(order: Order, more: int, *, key: str, at: datetime) -> None:
    """An order paid by transfer was confirmed with its money: with the seller's yes the rest has
    come, or what was paid too much has gone back."""
    if not more:
        return
    book = journals.order_paid if more > 0 else journals.order_refunded
    books.post(
        book(seller=order.seller, buyer=order.buyer, order=order.id, amount=abs(more)),
        kind="order_paid" if more > 0 else "order_refunded",
        key=f"order_changed:{order.id}:{key}",
        subject=order.id,
        effective=day_of(at),
        currency=order.currency,
        at=at,
    )


def _in_words(short: LimitShort, order: Order, after: Version) -> Refused:
    goods = {_promise(order, sku): sku for sku in after.by_sku}
    if short.key in goods:
        return Short(goods[short.key])
    return books.in_words(spending.in_words(short))


def _asked_for(deal: Deal, made: OrderChange, at: datetime) -> Proposal:
    """What was asked for, against the order as it stands: goods may have left meanwhile. The prices
    it was asked with are kept."""
    before, after = Version.read(made.before), Version.read(made.after)
    refuse_fixed(deal, made.order, before, after)
    return Proposal.of(before, after, order=made.order, at=at)


def _refuse_crossing(order: Order, seen: int | None) -> None:
    """One change at a time, on what was seen."""
    if order.changes.filter(status__in=OPEN_CHANGE).exists():
        raise Refused(
            "change-waits",
            "A change of this order waits for agreement.",
            help="Withdraw it first, then ask for another.",
        )
    if seen is not None and order.changes.filter(status=ChangeStatus.MADE).count() != seen:
        raise Refused(
            "order-moved",
            "Somebody of your house has changed this order meanwhile.",
            help="Look at it as it is now, then change it.",
        )


def _waiting(deal: Deal, *statuses: str) -> OrderChange:
    found = OrderChange.objects.select_related("order").filter(
        order=deal.order_id, status__in=statuses
    )
    made = found.first()
    if made is None:
        raise Refused("no-change-waits", "No change of this order waits for this.")
    return made


def _own(order_id: UUID, actor: Actor) -> Deal:
    """The deal of an order that the actor may change."""
    actor.require("order")
    deal = deals.of_order(actor, order_id)
    if not actor.is_system and deal.buyer not in actor.orgs:
        raise Forbidden("not-your-desk", "You can order for your own organisation only.")
    return deal


def _order(deal: Deal, *, lock: bool = False) -> Order:
    found = Order.objects.select_for_update() if lock else Order.objects
    order = found.filter(pk=deal.order_id).first()
    if order is None:
        raise NotFound()
    return order


def _tell(deal: Deal, made: OrderChange, org: UUID, kind: str, *, at: datetime) -> None:
    words: dict[str, str | Money] = {"number": made.order.number}
    if kind == "change-refused":
        words["reason"] = made.said
    if kind in ("change-asked", "order-changed"):
        words["amount"] = Money(made.after["total"], made.order.currency)
    tell(org, kind, words, link=deals.link(deal), at=at)
