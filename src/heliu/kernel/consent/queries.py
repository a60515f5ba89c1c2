"""Reading consents."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.consent.models import Disclosure


def visible_to(actor: Actor) -> QuerySet[Disclosure]:
    """The disclosures the actor's organisations gave or were given, newest first."""
    found = Disclosure.objects.order_by("-consented_at")
    return found if actor.is_system else found.filter(Q(of__in=actor.orgs) | Q(to__in=actor.orgs))
