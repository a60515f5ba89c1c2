"""Laws that hold across the flows, over the whole database; for the worker."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from heliu.capital.registry.models import Filing, FilingKind, Registration
from heliu.trade.models import Deal, Outcome


def check() -> list[str]:
    """Deals that are over and keep a registration that nobody has asked to strike off."""
    filed = Filing.objects.filter(registration=OuterRef("pk"), kind=FilingKind.DISCHARGE)
    kept = Registration.objects.filter(~Exists(filed), discharged_at=None)
    over = Deal.objects.exclude(outcome=Outcome.OPEN)
    numbers = dict(over.filter(pk__in=kept.values("deal")).values_list("pk", "number"))
    return [
        f"deal {numbers[one.deal]} is over and registration {one} is not to be struck off"
        for one in kept.filter(deal__in=numbers)
    ]
