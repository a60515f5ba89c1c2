"""A newcomer joins: verified by the register and the rules or by a person, then related to the
sellers that take newcomers, with trade credit where their rule gives it, so that it can order at
once and nobody on their side has to come.

The worker tells this story (`run`): what it writes for sellers and their lists is not the
newcomer's, nor the operator's, to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from procrastinate.contrib.django import app

from heliu.capital.terms import newcomers as trust
from heliu.commerce.catalogue.models import CircleMember
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing import queries as prices
from heliu.commerce.pricing.models import PriceList
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.events.facts import record
from heliu.kernel.events.notices import Told, tell, tell_all
from heliu.kernel.jobs import rounds
from heliu.kernel.joining import queries as applications
from heliu.kernel.joining.events import TradingBegun
from heliu.kernel.joining.models import Application, ApplicationStatus, Invitation, Welcome
from heliu.kernel.joining.operations import invitations, signing_up, verifying
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties import queries
from heliu.kernel.parties.models import OrganizationStatus, TradingRelationship
from heliu.trade import tiers
from heliu.trade.receivables import owed_to

ACTOR = Actor.system()


def wake() -> None:
    """Let the worker look as soon as this transaction is committed; lost, it comes a little later
    by itself."""
    app.configure_task("trade.newcomers").defer()


def run(*, at: datetime) -> None:
    """Verify those who wait, welcome those who were admitted, forget what nobody confirmed."""
    waiting = verifying.waiting(at=at)
    rounds.each("newcomer-verify", waiting, partial(verifying.verify, at=at), at=at)
    rounds.each("newcomer-welcome", _admitted(), partial(_welcome, at=at), at=at)
    signing_up.forget(at=at)


def lists_for_newcomers(actor: Actor) -> QuerySet[PriceList]:
    """The price lists that the actor's house may give to newcomers: in our currency, in which they
    begin."""
    return prices.lists_visible_to(actor).filter(seller=actor.own_org, currency=CURRENCY)


def set_welcome(
    *,
    actor: Actor,
    is_open: bool,
    price_list: UUID | None,
    warehouse: UUID | None,
    at: datetime,
    is_listed: bool = False,
) -> Welcome:
    """How a seller takes newcomers. Raises `NotFound` for a list that is not its own, or not in the
    currency in which newcomers trade, and for a warehouse that it does not know."""
    if price_list and not lists_for_newcomers(actor).filter(pk=price_list).exists():
        raise NotFound()
    if warehouse and not queries.in_role("WAREHOUSE", actor).filter(pk=warehouse).exists():
        raise NotFound()
    return invitations.welcome(
        actor=actor, is_open=is_open, is_listed=is_listed, price_list=price_list,
        warehouse=warehouse, at=at,
    )  # fmt: skip


def _admitted() -> QuerySet[Application]:
    found = Application.objects.filter(status=ApplicationStatus.APPROVED, welcomed_at=None)
    return found.order_by("decided_at", "id")


def _welcome(application: UUID, *, at: datetime) -> None:
    """Relate a newcomer to the sellers that take it, once."""
    one = Application.objects.select_for_update().get(pk=application)
    if one.welcomed_at is not None:
        return
    sellers = list(_sellers(one, at)) if one.join_as == "DEALER" else []
    for welcome, is_invited in sellers:
        begin(one.org, welcome, is_invited=is_invited, at=at)
        trust_in(one, welcome.org, at=at)
    one.welcomed_at = at
    one.save(update_fields=["welcomed_at"])
    houses = queries.names([welcome.org for welcome, _ in sellers])
    told = {
        "company": one.name,
        "sellers": "、".join(houses[welcome.org].short for welcome, _ in sellers) or "–",
    }
    tell(one.org, "house-admitted", told, link="/company/joining", at=at)
    tell_all(
        "newcomer-related",
        [Told(welcome.org, {"buyer": one.name}, "/seller/dealers") for welcome, _ in sellers],
        at=at,
    )


def _sellers(one: Application, at: datetime) -> Iterator[tuple[Welcome, bool]]:
    """Who trades with a newcomer: whoever invited it, and all who take those that come."""
    inviter = _take(one, at) if one.invitation else None
    open_ones = {welcome.org: welcome for welcome in Welcome.objects.filter(is_open=True)}
    active = queries.names([inviter, *open_ones])
    for org in dict.fromkeys([inviter, *sorted(open_ones)]):
        if org is None or active[org].status != OrganizationStatus.ACTIVE:
            continue
        kept = open_ones.get(org) or Welcome.objects.filter(pk=org).first() or Welcome(org=org)
        yield kept, org == inviter


def _take(one: Application, at: datetime) -> UUID | None:
    """The seller whose invitation brought it, if it still holds; it is taken by this."""
    found = Invitation.objects.select_for_update().filter(pk__in=[one.invitation]).first()
    if found is None or found.withdrawn_at is not None or found.taken_at is not None:
        return None
    found.taken_at, found.taken_by = at, one.org
    found.save(update_fields=["taken_at", "taken_by"])
    return found.org


def begin(buyer: UUID, welcome: Welcome, *, is_invited: bool, at: datetime) -> None:
    """Relate a buyer to a seller as the seller takes newcomers, a branch as the house above it. For
    steps of the worker's story."""
    above = _above(buyer, welcome.org)
    link = parties.relate(
        actor=ACTOR, buyer=buyer, seller=welcome.org, since=day_of(at),
        currency=above.currency if above else CURRENCY,
    )  # fmt: skip
    if above is not None:
        _say_as_of(above, link)
    tiers.give(link.pk, at=at)
    held = prices.held_by(buyer, seller=welcome.org, on=day_of(at))
    wanted = list(prices.lists_visible_to(ACTOR).filter(
        seller=welcome.org, pk__in=[welcome.price_list]
    ))  # fmt: skip
    if above is not None:
        wanted = prices.held_by(above.buyer, seller=welcome.org, on=day_of(at))
        _open_as_of(above, link)
    for one in wanted:
        # Who traded before may have done so in another currency than newcomers, or its house, do.
        if one not in held and one.currency == link.currency:
            pricing.assign(one, actor=ACTOR, buyer=buyer, valid_from=day_of(at), at=at)
    if welcome.warehouse is not None:
        parties.introduce(buyer, welcome.warehouse)
    fact = TradingBegun(subject=buyer, buyer=buyer, seller=welcome.org, is_invited=is_invited)
    record(fact, actor=ACTOR, at=at, audience=[buyer, welcome.org])


def _above(buyer: UUID, seller: UUID) -> TradingRelationship | None:
    """How the seller deals with the house above a branch, if it does."""
    house = queries.names([buyer])[buyer].parent_id
    if house is None:
        return None
    return TradingRelationship.objects.filter(
        buyer=house, seller=seller, status__in=["ACTIVE", "PAUSED"]
    ).first()


def _say_as_of(above: TradingRelationship, link: TradingRelationship) -> None:
    """The seller's own words about a house hold for its branch, its amounts where the two trade in
    one currency. Trade credit and contracts were agreed with the house and are not handed down."""
    said = ["tier", "may_wait", "wait_is_own"]
    if link.currency == above.currency:
        said += ["least_order", "least_is_own"]
    for word in said:
        setattr(link, word, getattr(above, word))
    link.save(update_fields=said)


def _open_as_of(above: TradingRelationship, link: TradingRelationship) -> None:
    """The goods and warehouses that are open to a house are open to its branch."""
    for warehouse in queries.known_in("WAREHOUSE", above.buyer):
        parties.introduce(link.buyer, warehouse)
    circles = CircleMember.objects.filter(buyer=above.buyer, seller=above.seller)
    CircleMember.objects.bulk_create(
        [
            CircleMember(circle_id=circle, seller=link.seller, buyer=link.buyer)
            for circle in circles.values_list("circle", flat=True)
        ],
        ignore_conflicts=True,
    )


def trust_in(one: Application, seller: UUID, *, at: datetime) -> None:
    """Trade credit at once, for whom the register confirmed and the seller's rule says so."""
    found = applications.confirmed(one)
    if found is None:
        return
    made = trust.grant(seller=seller, buyer=one.org, founded_on=found.founded_on, at=at)
    if made is not None:
        tell(
            one.org,
            "newcomer-terms",
            {
                "seller": queries.names([seller])[seller],
                "amount": Money(made.ceiling),
                "days": str(made.days),
            },
            link=owed_to(seller),
            at=at,
        )
