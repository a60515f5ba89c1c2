"""What customers of a tier get of a seller: said in one place, given at once, taken back with it.

    set_offer     a seller says what customers of a tier get
    set_tier      the operator says what a house is; set_tier_here: a seller sees it otherwise
    run           the worker gives what is due, to newcomers as to those who are there
    why           what a customer has, and by which tier

A tier decides nothing when an order is priced: it puts the customer on a price list and into a
circle, which decide as ever. What it had by hand before stays its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from heliu.capital.terms.models import Terms
from heliu.capital.terms.operations import granting
from heliu.capital.terms.operations.granting import Wanted
from heliu.commerce.cases import operations as cases
from heliu.commerce.catalogue.models import Circle, CircleMember
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.models import PriceList, PriceListBuyer
from heliu.commerce.pricing.operations.lists import cut
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.policies import MOST_PEOPLE
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.jobs import rounds
from heliu.kernel.language import in_language
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization, Tier, TradingRelationship
from heliu.kernel.parties.policies import TURN
from heliu.kernel.parties.queries import currency_of
from heliu.trade.models import TierGrant, TierOffer

WORDS = """select seller, tier, service, service_zh, welcome, welcome_zh
  from trade_tier_words(%s::uuid[])"""
AT_ONCE = 200
STALE = "?"
NONE = UUID(int=0)  # no list and no circle
ACTOR = Actor.system()
TIERS = Tier.choices
What = TierGrant.What


class Given(NamedTuple):
    """What a customer has by its tier, in words of the rooms: a list's or circle's name."""

    what: str
    name: str
    since: datetime


class Said(NamedTuple):
    """What a seller says to its customers of a tier, in either language."""

    service: str = ""
    service_zh: str = ""
    welcome: str = ""
    welcome_zh: str = ""


class Standing(NamedTuple):
    """Which customer of a seller's somebody is: the tier, whose word it is, what is said and given
    for it, and how soon its cases are answered and solved (None: as those of all)."""

    seller: UUID
    tier: str
    by_seller: bool
    said: Said
    given: Sequence[Given]
    answer_hours: int | None
    solve_hours: int | None

    @property
    def service(self) -> str:
        """The seller's words on service, for the reader."""
        return in_language(self.said.service, self.said.service_zh)

    @property
    def welcome(self) -> str:
        """What the seller says on the customer's first page, for the reader."""
        return in_language(self.said.welcome, self.said.welcome_zh)

    @property
    def served(self) -> str:
        """What is promised of service: the seller's words, then the hours of its cases."""
        hours = _("an answer within %(answer)s hours, a solution within %(solve)s") % {
            "answer": self.answer_hours,
            "solve": self.solve_hours,
        }
        return " · ".join(filter(None, (self.service, hours if self.answer_hours else "")))


def wake() -> None:
    """Let the worker give what is due as soon as this transaction is committed."""
    app.configure_task("trade.newcomers").defer()


def set_tier(org: UUID, tier: str, *, actor: Actor) -> None:
    """The operator says what a house is; what its sellers give for that follows at once."""
    parties.set_tier(org, tier, actor=actor)
    wake()


def set_tier_here(buyer: UUID, tier: str, *, actor: Actor) -> None:
    """A seller's own word on one of its customers; '' goes back to the operator's."""
    parties.set_tier_here(buyer, tier, actor=actor)
    wake()


def set_waiting(may_wait: bool | None, *, buyer: UUID, actor: Actor) -> None:
    """A seller's own word on whether one buyer may wait for goods; None goes back to its tier's."""
    parties.set_waiting(may_wait, actor=actor, buyer=buyer)
    wake()


def set_offer(
    tier: str,
    *,
    actor: Actor,
    at: datetime,
    price_list: UUID | None = None,
    circle: UUID | None = None,
    credit: int = 0,
    service: str = "",
    service_zh: str = "",
    welcome: str = "",
    welcome_zh: str = "",
    passes_to: int | None = None,
    agreed_from: int | None = None,
    agreed_people: int = 1,
    may_wait: bool = True,
    turn: int = TURN,
    answer_hours: int | None = None,
    solve_hours: int | None = None,
) -> TierOffer:
    """What the actor's customers of a tier get from now on, how their orders are confirmed
    (`trade/confirming.py`; amounts in minor units), whether they may wait for goods, when their
    orders come up at the supply desk (1 to 9), and within how many hours their cases are answered
    and solved; None: as those of all.

    Raises `Invalid` (tier-unknown, yes-unclear, hours-invalid), `NotFound` for a list or circle
    that is not the seller's.
    """
    actor.require("terms")
    seller = actor.own_org
    if tier not in Tier.values or not 0 <= credit <= 10**15:
        raise Invalid("tier-unknown", "There is no such tier.", field="tier")
    if not 1 <= turn <= 9:
        raise Invalid("turn-invalid", "A turn is a number from 1 to 9.", field="turn")
    _refuse_unclear(passes_to, agreed_from, agreed_people)
    if (answer_hours, solve_hours) != (None, None):
        cases.require_hours(answer_hours or 0, solve_hours or 0)
    own_lists = PriceList.objects.filter(seller=seller, version_of=None)
    if price_list and not own_lists.filter(pk=price_list).exists():
        raise NotFound()
    if circle and not Circle.objects.filter(seller=seller, pk=circle).exists():
        raise NotFound()
    said = {
        "price_list": price_list, "circle": circle, "credit": credit,
        "service": service.strip()[:200], "service_zh": service_zh.strip()[:200],
        "welcome": welcome.strip()[:400], "welcome_zh": welcome_zh.strip()[:400],
        "passes_to": passes_to, "agreed_from": agreed_from, "agreed_people": agreed_people,
        "may_wait": may_wait, "turn": turn,
        "answer_hours": answer_hours, "solve_hours": solve_hours,
        "set_by_name": actor.name, "set_at": at,
    }  # fmt: skip
    kept, _made = TierOffer.objects.update_or_create(seller=seller, tier=tier, defaults=said)
    TradingRelationship.objects.filter(seller=seller, tier_applied=tier).update(tier_applied=STALE)
    wake()
    return kept


def _refuse_unclear(passes_to: int | None, agreed_from: int | None, people: int) -> None:
    """No order both confirms itself and needs others; the constraints of the table, in words."""
    amounts = [amount for amount in (passes_to, agreed_from) if amount is not None]
    if any(not 0 <= amount <= 10**15 for amount in amounts) or not 1 <= people <= MOST_PEOPLE:
        raise Invalid("yes-unclear", "This amount or number is out of bounds.", field="agreed_from")
    if passes_to is not None and agreed_from is not None and agreed_from <= passes_to:
        raise Invalid(
            "yes-unclear",
            "Others are asked above what confirms itself.",
            field="agreed_from",
            help="Name a larger amount here, or a smaller one there.",
        )


def tier_of(org: UUID, *, actor: Actor) -> str:
    """What a house is by the operator's word; for the operator."""
    actor.require("operate")
    with connection.cursor() as cursor:
        cursor.execute("select parties_tier_of(%s)", [org])
        (found,) = cursor.fetchone()
    return str(found or "")


def offers(actor: Actor) -> QuerySet[TierOffer]:
    """What the actor's house gives by tier."""
    return TierOffer.objects.filter(seller=actor.own_org)


def circles(actor: Actor) -> QuerySet[Circle]:
    """The circles a tier may lead into."""
    return Circle.objects.filter(seller=actor.own_org).order_by("code")


def run(*, at: datetime) -> None:
    """Give each customer what its tier gets where that is not done yet; an offer that cannot be
    given whole (a list taken back meanwhile) is given as far as it goes."""
    rounds.each("tier-give", _due(), partial(give, at=at), at=at, most=AT_ONCE)


def give(relationship: UUID, *, at: datetime) -> None:
    """Bring what one customer has by its tier to what its tier gets now."""
    link = TradingRelationship.objects.select_for_update().get(pk=relationship)
    tier = link.tier or Organization.objects.values_list("tier", flat=True).get(pk=link.buyer)
    offer = TierOffer.objects.filter(seller=link.seller, tier=tier).first() if tier else None
    wanted = _wanted(offer)
    held = {
        one.what: one
        for one in TierGrant.objects.filter(seller=link.seller, buyer=link.buyer, until=None)
    }
    for what, grant in held.items():
        if (grant.subject, grant.amount) != wanted.get(what):
            _take(grant, at=at)
        elif grant.tier == tier:
            wanted.pop(what)
    for what, (subject, amount) in wanted.items():
        _give(link, tier, what, subject, amount, at=at)
    link.tier_applied, link.turn = tier, offer.turn if offer else TURN
    link.answer_hours = offer.answer_hours if offer else None
    link.solve_hours = offer.solve_hours if offer else None
    if not link.wait_is_own:
        link.may_wait = offer.may_wait if offer else True
    link.save(update_fields=["tier_applied", "turn", "may_wait", "answer_hours", "solve_hours"])


def standings(actor: Actor, *, seller: UUID | None = None) -> list[Standing]:
    """Which customer the actor's house is at its sellers, and what it has by that."""
    links = TradingRelationship.objects.filter(buyer=actor.own_org, status="ACTIVE")
    links = links.exclude(tier_applied="").order_by("pk")
    return _standings(links.filter(seller=seller) if seller else links)


def standings_of(actor: Actor, buyers: Sequence[UUID]) -> dict[UUID, Standing]:
    """The same of customers of the actor's house, by customer."""
    links = list(TradingRelationship.objects.filter(seller=actor.own_org, buyer__in=buyers))
    return {link.buyer: told for link, told in zip(links, _standings(links), strict=True)}


def _standings(found: QuerySet[TradingRelationship] | list[TradingRelationship]) -> list[Standing]:
    links = list(found)
    if not links:
        return []
    houses = Organization.objects.in_bulk({link.buyer for link in links})
    grants = _granted(links)
    said = _said_to(links)
    told = []
    for link in links:
        tier = link.tier or (houses[link.buyer].tier if link.buyer in houses else "")
        told.append(
            Standing(
                link.seller, tier, bool(link.tier), said.get((link.seller, tier), Said()),
                grants[link.seller, link.buyer], link.answer_hours, link.solve_hours,
            )
        )  # fmt: skip
    return told


def _granted(links: Sequence[TradingRelationship]) -> dict[tuple[UUID, UUID], list[Given]]:
    """What each pair of seller and customer has by its tier now."""
    live = TierGrant.objects.filter(
        seller__in={link.seller for link in links},
        buyer__in={link.buyer for link in links},
        until=None,
    )
    given: dict[tuple[UUID, UUID], list[Given]] = defaultdict(list)
    for one in live.order_by("what"):
        told = Given(str(one.get_what_display()), in_language(one.name, one.name_zh), one.since)
        given[one.seller, one.buyer].append(told)
    return given


def _said_to(links: Sequence[TradingRelationship]) -> dict[tuple[UUID, str], Said]:
    """By seller and tier; of the rest of an offer a customer reads nothing."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [list({link.seller for link in links})])
        return {(seller, tier): Said(*words) for seller, tier, *words in cursor.fetchall()}


def _due() -> QuerySet[TradingRelationship]:
    house = Organization.objects.filter(pk=OuterRef("buyer")).values("tier")
    told = TradingRelationship.objects.filter(status="ACTIVE").annotate(
        now=Case(When(tier="", then=Subquery(house)), default=F("tier"), output_field=CharField())
    )
    return told.exclude(tier_applied=F("now")).exclude(now=Value("?")).order_by("pk")


def _wanted(offer: TierOffer | None) -> dict[str, tuple[UUID | None, int]]:
    if offer is None:
        return {}
    found: dict[str, tuple[UUID | None, int]] = {}
    if offer.price_list:
        found[What.LIST] = (offer.price_list, 0)
    if offer.circle:
        found[What.CIRCLE] = (offer.circle, 0)
    if offer.credit:
        found[What.CREDIT] = (None, offer.credit)
    return found


def _give(
    link: TradingRelationship, tier: str, what: str, subject: UUID | None, amount: int, *,
    at: datetime,
) -> None:  # fmt: skip
    """Give one thing and remember that it came by the tier; what is there already is not given."""
    buyer, seller = link.buyer, link.seller
    called: PriceList | Circle | None = None
    if what == What.LIST:
        called = prices = PriceList.objects.filter(
            pk=subject or NONE, seller=seller, version_of=None
        ).first()
        if prices is None:
            return
        try:
            pricing.assign(prices, actor=ACTOR, buyer=buyer, valid_from=day_of(at), at=at)
        except Refused:  # it holds for this customer by hand
            return
    elif what == What.CIRCLE:
        called = ring = Circle.objects.filter(pk=subject or NONE, seller=seller).first()
        if ring is None or CircleMember.objects.filter(circle=ring, buyer=buyer).exists():
            return
        CircleMember.objects.create(circle=ring, seller=seller, buyer=buyer)
    else:
        if Terms.objects.filter(seller=seller, buyer=buyer, ceiling__gt=0).exists():
            return
        if currency_of(buyer=buyer, seller=seller) != CURRENCY:  # no credit in others
            return
        granting.set_terms(
            seller=seller, buyer=buyer, wanted=Wanted(ceiling=amount), actor=ACTOR, at=at
        )
    TierGrant.objects.filter(seller=seller, buyer=buyer, what=what, until=None).update(until=at)
    TierGrant.objects.create(
        seller=seller, buyer=buyer, tier=tier, what=what, subject=subject, amount=amount, since=at,
        name=called.name if called else "", name_zh=called.name_zh if called else "",
    )  # fmt: skip


def _take(grant: TierGrant, *, at: datetime) -> None:
    """Take back what came by a tier. Credit that was granted is the seller's to lower by hand:
    something may be owed on it."""
    if grant.what == What.LIST:
        last = day_of(at) - timedelta(days=1)
        held = PriceListBuyer.objects.filter(price_list=grant.subject, buyer=grant.buyer)
        for one in held.filter(Q(valid_to=None) | Q(valid_to__gt=last)):
            cut(one, last)
    elif grant.what == What.CIRCLE:
        CircleMember.objects.filter(circle=grant.subject, buyer=grant.buyer).delete()
    grant.until = at
    grant.save(update_fields=["until"])
