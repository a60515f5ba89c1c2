"""Reading who works where."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import ApiToken, Membership, User
from heliu.kernel.errors import NotFound


def people_of(actor: Actor) -> QuerySet[Membership]:
    """The people of the actor's organisations, oldest membership first."""
    found = Membership.objects.select_related("user").order_by("id")
    return found if actor.is_system else found.filter(org__in=actor.orgs)


def colleague(actor: Actor, person: UUID) -> User:
    """Somebody who works in the actor's organisations. Raises `NotFound`."""
    found = people_of(actor).filter(user=person, is_active=True).first()
    if found is None:
        raise NotFound()
    return found.user


def tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    """The tokens of the desk's house, newest first: all of them for whoever manages it, else one's
    own. Without their secrets, which nobody has kept."""
    found = ApiToken.objects.filter(org=actor.own_org).select_related("user").order_by("-id")
    return found if actor.may("manage") else found.filter(user=actor.user_id)


def demo_people() -> QuerySet[User]:
    """The log-ins of the demonstration, in the order in which they were made."""
    return User.objects.filter(is_demo=True, is_active=True).order_by("id")
