"""Steps of an order that somebody of the seller takes in the customer's name.

Such an actor's door lets through the seller's rows (`kernel.behalf`); what the customer's own rules
say of the order is asked, and what is written for it is written, with the door widened to the
customer for this one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from heliu.commerce.ordering.models import Order, OrderChange, PayBy
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.door import widened
from heliu.kernel.access.models import User
from heliu.kernel.behalf import operations as behalf
from heliu.kernel.behalf.models import Deed
from heliu.kernel.behalf.queries import acts_on, seated
from heliu.kernel.errors import Forbidden
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money


@contextmanager
def ordering_for(actor: Actor) -> Iterator[None]:
    """See the customer's rows for a step, if the actor is there in its name."""
    if actor.behalf is None:
        yield
        return
    with widened([actor.own_org]):
        yield


def refuse_finance(actor: Actor, pay_by: str) -> None:
    """A house finds and signs its loans itself: what it is lent is no affair of its seller's."""
    if actor.behalf and pay_by == PayBy.FINANCE:
        raise Forbidden(
            "finance-is-own",
            "Only the customer itself orders with finance.",
            field="pay_by",
            help="Choose transfer or trade credit, or keep the rows in its pad.",
        )


def placed(order: Order, deal_link: str, actor: Actor, *, at: datetime) -> None:
    """Keep that an order was placed in the customer's name, and tell the customer."""
    if actor.behalf is None:
        return
    behalf.note(actor, Deed.PLACED, number=order.number, subject=order.pk, at=at)
    tell(
        order.buyer,
        "behalf-placed",
        {
            "number": order.number,
            "amount": Money(order.total, order.currency),
            "person": actor.name,
        },
        link=deal_link,
        at=at,
    )


def cancelled(order: Order, actor: Actor, *, at: datetime) -> None:
    """Keep that an order was called off in the customer's name."""
    behalf.note(actor, Deed.CANCELLED, number=order.number, subject=order.pk, at=at)


def changed(made: OrderChange, what: Deed, deal_link: str, actor: Actor, *, at: datetime) -> None:
    """Keep that an order was changed in the customer's name, or the change taken back, and tell the
    customer."""
    if actor.behalf is None:
        return
    order = made.order
    behalf.note(actor, what, number=order.number, subject=made.pk, at=at)
    if what == Deed.CHANGED:
        said: dict[str, Parameter] = {"number": order.number, "person": actor.name}
        tell(order.buyer, "behalf-changed", said, link=deal_link, at=at)


def asker(person: UUID, buyer: UUID, seller: UUID, request: UUID) -> Actor | None:
    """Whoever asked for an order, at its desk as it is now: of the house, or of its seller while
    the mandate is in force; None when it has neither any more."""
    user = User.objects.filter(pk=person, is_active=True).first()
    if user is None:
        return None
    desks = {one.org: one for one in desks_of(person)}
    if request not in acts_on([request]):
        return actor_at(user, desks[buyer]) if buyer in desks else None
    for desk in desks.values():
        own = actor_at(user, desk)
        if own and seller in own.orgs and own.may("behalf"):
            try:
                return seated(own, buyer)
            except Forbidden:
                return None
    return None
