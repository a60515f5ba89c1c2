"""Reading goods as their seller keeps them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Sku


def packed(actor: Actor) -> QuerySet[Sku]:
    """The goods of the actor's house that are not sold in any quantity, by code."""
    bound = Q(order_minimum__gt=1) | Q(order_multiple__gt=1)
    return Sku.objects.filter(bound, seller=actor.own_org, is_active=True).order_by("code", "id")
