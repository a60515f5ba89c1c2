"""Trade credit for newcomers by a rule of the seller, so that nobody there has to look first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Sum

from heliu.capital.terms.events import NewcomerTermsGranted
from heliu.capital.terms.models import NewcomerTerms, Terms
from heliu.capital.terms.operations import granting
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid
from heliu.kernel.events.facts import record
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties.queries import currency_of

MOST_DAYS = 365
OLDEST = 3_650  # days since it was founded; older is nobody asked to be
ACTOR = Actor.system()


@dataclass(frozen=True)
class Rule:
    """What a seller wants of its rule; as the fields of `NewcomerTerms` say it."""

    is_on: bool
    ceiling: int = 0
    days: int = 30
    total: int = 0
    least_days: int = 0


class Granted(NamedTuple):
    """How many newcomers have what the rule gave them, and how much it is together, in fen."""

    newcomers: int
    amount: int


def rule_of(actor: Actor) -> NewcomerTerms:
    """The rule of the actor's house; off where none was set."""
    found = NewcomerTerms.objects.filter(pk=actor.own_org).first()
    return found or NewcomerTerms(seller=actor.own_org)


def granted(seller: UUID) -> Granted:
    """What the rule has granted, as far as no person has set those terms since."""
    by_rule = Terms.objects.filter(seller=seller, by_rule=True)
    found = by_rule.aggregate(newcomers=Count("id"), amount=Sum("ceiling", default=0))
    return Granted(**found)


def set_rule(rule: Rule, *, actor: Actor, at: datetime) -> NewcomerTerms:
    """How much newcomers of the actor's house are trusted with from now on; what was granted
    stays. Raises `Invalid`."""
    if "SELLER" not in actor.party_roles:
        raise Forbidden("not-a-seller", "Only a seller does this.")
    actor.require("terms")
    _check(rule)
    kept, _ = NewcomerTerms.objects.update_or_create(
        pk=actor.own_org, defaults={**asdict(rule), "set_by_name": actor.name, "set_at": at}
    )
    return kept


def grant(*, seller: UUID, buyer: UUID, founded_on: date | None, at: datetime) -> Terms | None:
    """Let a newcomer that the register confirmed order on terms, where the seller's rule says so.

    Nothing is granted to whoever the seller has set terms for already, trades with it in another
    currency than ours, is too young, or for whom the total is too small. Orders stop as soon as
    anything is overdue. One newcomer of a seller goes after the other, so that together they never
    get more than the total.
    """
    rule = NewcomerTerms.objects.select_for_update().filter(pk=seller, is_on=True).first()
    if rule is None or Terms.objects.filter(seller=seller, buyer=buyer).exists():
        return None
    if currency_of(seller=seller, buyer=buyer) != CURRENCY:
        return None
    if rule.least_days and (
        founded_on is None or founded_on > day_of(at) - timedelta(days=rule.least_days)
    ):
        return None
    if granted(seller).amount + rule.ceiling > rule.total:
        return None
    wanted = granting.Wanted(ceiling=rule.ceiling, days=rule.days, grace_days=0)
    made = granting.set_terms(
        seller=seller, buyer=buyer, wanted=wanted, by_rule=True, actor=ACTOR, at=at
    )
    fact = NewcomerTermsGranted(subject=made.id, amount=rule.ceiling, days=rule.days)
    record(fact, actor=ACTOR, at=at, audience=[seller, buyer])
    return made


def _check(rule: Rule) -> None:
    if rule.ceiling < 0 or (rule.is_on and not rule.ceiling):
        raise Invalid(
            "amount-not-positive", "An amount above zero is needed.", field="ceiling"
        )  # fmt: skip
    if rule.total < rule.ceiling:
        raise Invalid(
            "newcomers-total-small", "Together they need at least what one of them gets.",
            field="total",
        )  # fmt: skip
    if not 0 <= rule.days <= MOST_DAYS:
        raise Invalid("terms-invalid", "The days are from 0 to 365.", field="days")
    if not 0 <= rule.least_days <= OLDEST:
        raise Invalid(
            "newcomers-age", "The age asked for is from 0 to 3650 days.", field="least_days"
        )
