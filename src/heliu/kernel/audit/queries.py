"""Reading who opened what."""

from __future__ import annotations

from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.audit.models import Look


def visible_to(actor: Actor) -> QuerySet[Look]:
    """The looks at what is the actor's own, newest first; all of them for the operator."""
    found = Look.objects.order_by("-id")
    if actor.is_system or actor.may("operate"):
        return found
    return found.filter(owner__in=actor.orgs)
